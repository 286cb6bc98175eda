"""Parquet files as Hugging Face's `datasets` writes them: the photo's bytes are in a column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imagehub.importing.readers.files import archives, part_file
from imagehub.importing.readers.webdataset import class_name
from imagehub.importing.source import SourceRow, facts_of_json, refused_row

BATCH_ROWS = 16
MAX_GROUP_BYTES = 4 << 30
"""A group of rows is read by columns: a larger one would not fit in memory."""


class ParquetReader:
    """Reads Parquet files with a column of photos; see SourceReader.

    That column is the first of structs `{bytes, path}`, or of bytes. Numbers are class names where
    the file says so, as `ClassLabel` does. A part is one group of rows of one file.
    """

    def __init__(self, place: Path, label_fields: Sequence[str] = ()) -> None:
        self._place = place
        self._label_fields = tuple(label_fields) or ("labels", "label")

    def parts(self) -> Sequence[str]:
        """The files, and the groups of rows of each."""
        found = []
        for name in archives(self._place, (".parquet",)):
            try:
                groups = pq.ParquetFile(part_file(self._place, name)).num_row_groups
            except (OSError, ValueError):
                groups = 1  # `rows` says what is wrong
            found += [f"{name}#{group}" for group in range(groups)]
        return found

    def rows(self, part: str) -> Iterator[SourceRow]:
        """The rows of a group, numbered."""
        name, _, group = part.rpartition("#")
        try:
            file = pq.ParquetFile(part_file(self._place, name))
            if file.metadata.row_group(int(group)).total_byte_size > MAX_GROUP_BYTES:
                yield refused_row(part, "group_too_large", "Write it with smaller row groups.")
                return
            yield from self._group(file, part, int(group))
        except (OSError, ValueError, pa.ArrowException) as error:
            yield refused_row(part, "table_broken", f"{name} cannot be read: {error}")

    def _group(self, file: Any, part: str, group: int) -> Iterator[SourceRow]:
        schema = file.schema_arrow
        photos = photo_column(schema)
        if photos is None:
            yield refused_row(part, "no_photos", "No column of it holds photos.")
            return
        names = class_names(schema)
        batches = file.iter_batches(BATCH_ROWS, row_groups=[group])
        rows = (row for batch in batches for row in batch.to_pylist())
        for number, row in enumerate(rows):
            yield self._row(f"{part}/{number}", row, photos, names)

    def _row(
        self, key: str, row: dict[str, Any], photos: str, names: dict[str, Sequence[str]]
    ) -> SourceRow:
        held = row.pop(photos)
        data = held.get("bytes") if isinstance(held, dict) else held
        facts = facts_of_json(row, self._label_fields)
        classes = next((names[field] for field in self._label_fields if field in names), ())
        facts = replace(facts, labels=tuple(class_name(text, classes) for text in facts.labels))
        if not data:
            return refused_row(key, "no_photo", "The row holds no photo, only its place.", facts)
        return SourceRow(key, len(data), lambda: data, facts)


def photo_column(schema: Any) -> str | None:
    """The first column of structs with `bytes`, or of bytes."""
    for field in schema:
        kind = field.type
        if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
            return str(field.name)
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            return str(field.name)
    return None


def class_names(schema: Any) -> dict[str, Sequence[str]]:
    """Column -> the names of its classes, as `datasets` notes them in the schema's metadata."""
    try:
        noted = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {
            name: [str(label) for label in _class_label(feature)]
            for name, feature in noted.items()
            if _class_label(feature)
        }
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _class_label(feature: Any) -> Sequence[Any]:
    """The names of a ClassLabel, or of a list of them."""
    while isinstance(feature, dict) and "feature" in feature:
        feature = feature["feature"]
    found = feature.get("names", ()) if isinstance(feature, dict) else ()
    return found if isinstance(found, list) else ()
