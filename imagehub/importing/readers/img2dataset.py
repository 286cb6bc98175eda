"""What img2dataset leaves: tars of photos, and tables that also name what it could not fetch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from imagehub.importing.readers.files import archives
from imagehub.importing.readers.webdataset import WebdatasetReader
from imagehub.importing.source import SourceRow, facts_of_json, refused_row

TABLE_ROWS = 1000


class Img2datasetReader:
    """Reads `NNNNN.tar` and, beside it, `NNNNN.parquet`; see SourceReader.

    Labels come from the fields of `label_fields`; captions are none. A photo that img2dataset did
    not fetch is a row with a problem: the report then has every row of the list that it was given.
    """

    def __init__(self, place: Path, label_fields: Sequence[str] = ()) -> None:
        self._place = place
        self._label_fields = label_fields
        self._tars = WebdatasetReader(place, (), label_fields, text_is_label=False)

    def parts(self) -> Sequence[str]:
        """The tars."""
        return archives(self._place, (".tar",))

    def rows(self, part: str) -> Iterator[SourceRow]:
        """The photos of a tar, then what its table says was not fetched."""
        yield from self._tars.rows(part)
        folder = self._place if self._place.is_dir() else self._place.parent
        table = folder / f"{part.removesuffix('.tar')}.parquet"
        if table.is_file():
            yield from self._not_fetched(part, table)

    def _not_fetched(self, part: str, table: Path) -> Iterator[SourceRow]:
        try:
            for batch in pq.ParquetFile(table).iter_batches(TABLE_ROWS):
                for row in batch.to_pylist():
                    if row.get("status") != "success":
                        yield self._problem(part, row)
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            why = f"{table.name} is damaged: {error}"
            yield refused_row(f"{part}/{table.name}", "table_broken", why)

    def _problem(self, part: str, row: dict[str, Any]) -> SourceRow:
        why = f"img2dataset did not fetch it: {row.get('error_message') or row.get('status')}."
        facts = facts_of_json(row, self._label_fields)
        return refused_row(f"{part}/{row.get('key')}", "not_fetched", why, facts)
