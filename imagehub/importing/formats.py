"""Which reader reads which source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagehub.errors import NotFound, Refused
from imagehub.importing.label_tables import read_label_table
from imagehub.importing.readers.files import FilesReader
from imagehub.importing.source import SourceReader

FORMATS = ("files", "webdataset", "img2dataset", "parquet")
"""`files` are a folder, a zip or a tar; Parquet is that of Hugging Face's `datasets`."""


def open_reader(source: str, kind: str, options: Mapping[str, Any]) -> SourceReader:
    """The reader of a source on this machine; raise NotFound or Refused where there is none.

    Options: `label` (of all), `table` (a CSV or COCO's JSON), `classes` (names behind numbers, one
    a line), `label_fields`.
    """
    place = Path(source)
    if not place.exists():
        raise NotFound(f"There is no {source} on this machine.")
    fields = tuple(options.get("label_fields", ()))
    match kind:
        case "files":
            table = options.get("table")
            return FilesReader(
                place, options.get("label"), read_label_table(Path(table)) if table else None
            )
        case "webdataset":
            from imagehub.importing.readers.webdataset import WebdatasetReader

            return WebdatasetReader(place, _lines(options.get("classes")), fields)
        case "img2dataset":
            from imagehub.importing.readers.img2dataset import Img2datasetReader

            return Img2datasetReader(place, fields)
        case "parquet":
            from imagehub.importing.readers.parquet import ParquetReader

            return ParquetReader(place, fields)
    raise Refused("format_unknown", f"Imports read {', '.join(FORMATS)}, not {kind!r}.")


def guess_format(source: str) -> str:
    """The format that a source's files show."""
    place = Path(source)
    names = [file.name for file in place.iterdir()] if place.is_dir() else [place.name]
    if any(name.endswith("_stats.json") for name in names):
        return "img2dataset"
    if any(name.endswith(".parquet") for name in names):
        return "parquet"
    return "files"


def _lines(file: str | None) -> tuple[str, ...]:
    return tuple(Path(file).read_text(encoding="utf-8").splitlines()) if file else ()
