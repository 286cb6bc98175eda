"""The rows of a CSV, read strictly: a spreadsheet's quirks get errors of their own."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from imagehub.errors import Refused

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV: its cells by the columns' names in lower case, without outer spaces."""

    file: Path
    line: int
    cells: dict[str, str]

    def refuse(self, what: str) -> NoReturn:
        """Raise Refused(`upload_list_broken`) that names the line."""
        _refuse(self.file, self.line, what)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV: the names of its columns, and its rows without the empty ones."""

    columns: frozenset[str]
    rows: tuple[Row, ...]


def read_table(file: Path, *needed: tuple[str, ...]) -> CsvTable:
    """Read a CSV in UTF-8 that has one of the sets of columns.

    Raises Refused(`upload_list_broken`) that names the line, and what the first set lacks.
    """
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        lines = ((reader.line_num, cells) for cells in reader if any(map(str.strip, cells)))
        line, header = next(lines, (1, []))
        if header and header[0].startswith("sep="):
            line, header = next(lines, (1, []))  # Excel's, about the separator
        columns = _columns(file, line, header, needed)
        rows = tuple(_row(file, line, columns, cells) for line, cells in lines)
    except csv.Error as error:
        _refuse(file, reader.line_num, f"is no CSV: {error}")
    return CsvTable(frozenset(columns), rows)


def _text(file: Path) -> str:
    data = file.read_bytes()
    if data.startswith(_UTF_16) or b"\0" in data[:2]:
        _refuse(file, 1, "is text in UTF-16; save the file as CSV in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _refuse(
            file,
            line,
            f"is no CSV in UTF-8 (byte {data[error.start]:#04x}); perhaps it is in an old code "
            "page such as Windows-1252. Save the file as CSV in UTF-8",
        )


def _columns(
    file: Path, line: int, header: list[str], needed: tuple[tuple[str, ...], ...]
) -> list[str]:
    columns = [name.strip().lower() for name in header]
    twice = [name for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        _refuse(file, line, f"has the column {twice[0]!r} twice")
    if not any(set(names) <= set(columns) for names in needed):
        _refuse(file, line, _what_lacks(columns, needed[0]))
    return columns


def _what_lacks(columns: list[str], needed: tuple[str, ...]) -> str:
    missing = next(name for name in needed if name not in columns)
    for separator, name in _OTHER_SEPARATORS.items():
        if missing in [part.strip(' "') for part in ",".join(columns).split(separator)]:
            return f"has its cells parted by {name}; save the file with commas between them"
    return f"has no column {missing!r}; needed are {','.join(needed)}"


def _row(file: Path, line: int, columns: list[str], cells: list[str]) -> Row:
    row = Row(file, line, dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
    if len(cells) < len(columns):
        for name in ("file", "label"):
            if name in columns and not row.cells.get(name):
                row.refuse(f"has no {name}")
    if len(cells) != len(columns):
        count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        row.refuse(f"has {count}, the header {len(columns)}; quote a cell that holds a comma")
    return row


def _refuse(file: Path, line: int, what: str) -> NoReturn:
    raise Refused("upload_list_broken", f"{file}, line {line}: {what}. Nothing was sent.")
