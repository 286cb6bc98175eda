"""Records of a large CSV, each with the place in bytes where it begins, from any record on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from imagehub.errors import Refused


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """A record between two places of a file; what is no CSV, or no UTF-8, has a problem."""

    start: int
    end: int
    cells: list[str]
    problem: Refused | None = None


def records(file: BinaryIO, start: int) -> Iterator[CsvRecord]:
    """Every record from a place on. After one that is broken, the next line begins another."""
    while True:
        lines = _CountedLines(file, start)
        reader = csv.reader(lines, strict=True)
        try:
            for cells in reader:
                begun, start = start, lines.position
                lines.first_line_bytes = 0
                if cells:
                    yield CsvRecord(begun, start, cells, lines.take_problem())
            return
        except csv.Error as error:
            end = start + lines.first_line_bytes
            yield CsvRecord(start, end, [], Refused("row_broken", f"It is no CSV: {error}."))
            start = end


@dataclass
class _CountedLines:
    file: BinaryIO
    position: int
    first_line_bytes: int = 0
    _problem: Refused | None = field(default=None)

    def __post_init__(self) -> None:
        self.file.seek(self.position)

    def __iter__(self) -> _CountedLines:
        return self

    def __next__(self) -> str:
        line = self.file.readline()
        if not line:
            raise StopIteration
        self.position += len(line)
        self.first_line_bytes = self.first_line_bytes or len(line)
        try:
            return line.decode()
        except UnicodeDecodeError:
            self._problem = Refused("row_broken", "It is no UTF-8.")
            return line.decode(errors="replace")

    def take_problem(self) -> Refused | None:
        problem, self._problem = self._problem, None
        return problem
