"""Which reader reads which source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagehub.catalogue.database import Database
from imagehub.errors import NotFound, Refused
from imagehub.importing.label_tables import LabelTable, read_label_table
from imagehub.importing.readers.files import FilesReader
from imagehub.importing.referenced_labels import ReferencedLabels
from imagehub.importing.source import SourceReader
from imagehub.settings import Settings

FORMATS = ("files", "bucket", "webdataset", "img2dataset", "parquet")
"""`files` are a folder, a zip or a tar; Parquet is that of Hugging Face's `datasets`."""

BUCKET = "s3://"


def open_reader(
    source: str, kind: str, options: Mapping[str, Any], database: Database | None = None
) -> SourceReader:
    """The reader of a source, on this machine or in a bucket; raise NotFound where there is none.

    Options: `label` (of all), `table` (a CSV or COCO's JSON), `labels_of` (an import by reference,
    in the database), `classes` (names behind numbers, one a line), `label_fields`.
    """
    place = Path(source)
    if kind != "bucket" and not place.exists():
        raise NotFound(f"There is no {source} on this machine.")
    fields = tuple(options.get("label_fields", ()))
    label, table = options.get("label"), _table(options, database)
    match kind:
        case "files":
            return FilesReader(place, label, table)
        case "bucket":
            from imagehub.importing.readers.bucket import BucketReader

            settings = Settings.from_environment()
            return BucketReader(
                source, label, table, settings.s3_endpoint_url or None, settings.s3_region
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
    if source.startswith(BUCKET):
        return "bucket"
    place = Path(source)
    names = [file.name for file in place.iterdir()] if place.is_dir() else [place.name]
    if any(name.endswith("_stats.json") for name in names):
        return "img2dataset"
    if any(name.endswith(".parquet") for name in names):
        return "parquet"
    return "files"


def _table(options: Mapping[str, Any], database: Database | None) -> LabelTable | None:
    if database and options.get("labels_of"):
        return ReferencedLabels(database, options["labels_of"])
    return read_label_table(Path(options["table"])) if options.get("table") else None


def _lines(file: str | None) -> tuple[str, ...]:
    return tuple(Path(file).read_text(encoding="utf-8").splitlines()) if file else ()
