"""Bring in Open Images' published tables: photos by reference, and what is said of them.

A file is read in blocks. One transaction copies a block's rows into the catalogue, keeps those that
were refused, and notes how far the file is read: killed anywhere, the next run goes on behind the
last block, and no row is there twice. When all files are read, the tables are indexed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.imports import import_counts, import_rows, imports, references
from imagehub.catalogue.imports.import_rows import ImportRow, RowPlace
from imagehub.catalogue.imports.imports import ImportEntry, ImportPlan, PartProgress
from imagehub.catalogue.labels.labels import import_taxonomy
from imagehub.errors import Refused
from imagehub.importing.bringing import alone
from imagehub.importing.csv_records import CsvRecord, records
from imagehub.importing.open_images_rows import (
    KINDS,
    as_csv,
    label_line,
    mids_of_block,
    photo_line,
)
from imagehub.openimages import SourceFile
from imagehub.taxonomy import read_taxonomy

FORMAT = "open-images"
BLOCK_BYTES = 4 << 20
MAX_REFUSED = 100_000
"""More rows of a file are not refused one by one: something else is wrong then."""

STATEMENT_SECONDS = 3600
"""Indexing tens of millions of rows is one statement."""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A published file, and the table that takes its rows."""

    path: Path
    table: str
    first_row: int

    @property
    def part(self) -> str:
        """Its name in the report."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file, checked: those for the catalogue as CSV, and those that are refused."""

    rows: bytes
    refused: list[ImportRow]
    end: int


def import_classes(database: Database, folder: Path) -> bool:
    """Import the classes and the hierarchy that lie beside the tables; False if they do not."""
    classes = sorted(folder.glob("*class-descriptions*.csv"))
    hierarchies = sorted(folder.glob("*hierarchy*.json"))
    if not (classes and hierarchies):
        return False
    files = (SourceFile(str(path), path.read_bytes()) for path in (classes[0], hierarchies[0]))
    import_taxonomy(database, read_taxonomy(*files))
    return True


def published_files(folder: Path) -> list[PublishedFile]:
    """The published tables in a folder, known by their headers; raise Refused if there are none."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open("rb") as file:
            line = file.readline(1000)
        header = tuple(next(csv.reader([line.decode(errors="replace")]), ()))
        if table := KINDS.get(header):
            found.append(PublishedFile(path, table, len(line)))
    if not found:
        raise Refused(
            "no_tables",
            f"{folder} has no CSV with Open Images' columns of image ids or image labels.",
        )
    return found


def bring_in_tables(
    database: Database, plan: ImportPlan, met: Callable[[int], object] = lambda _: None
) -> ImportEntry:
    """Bring in every table of the plan's folder, or go on where it was.

    `met` hears how many bytes were read. Raises Refused where too many rows of a file are wrong.
    """
    files = published_files(Path(plan.source))
    slow = Database(database.url, statement_timeout_seconds=STATEMENT_SECONDS)
    with alone(database, plan.name):
        with slow.transaction() as cursor:
            imports.begin(cursor, plan)
            references.prepare(cursor, plan.name)
            for file in files:
                if not imports.part(cursor, plan.name, file.part).is_read:
                    references.unindex(cursor, plan.name, file.table)
            known = references.known_mids(cursor)
        for file in files:
            _bring_file(slow, plan.name, file, known, met)
        return _finish(slow, plan.name)


def retry_tables(database: Database, plan: ImportPlan) -> ImportEntry:
    """Try the refused rows again, each read at its place; first go on where the import was."""
    bring_in_tables(database, plan)
    slow = Database(database.url, statement_timeout_seconds=STATEMENT_SECONDS)
    with alone(database, plan.name):
        with slow.transaction() as cursor:
            known = references.known_mids(cursor)
        for file in published_files(Path(plan.source)):
            _retry_file(slow, plan.name, file, known)
        with slow.transaction() as cursor:
            imports.end_reading(cursor, plan.name)
            return imports.get(cursor, plan.name)


def _bring_file(
    database: Database,
    name: str,
    file: PublishedFile,
    known: frozenset[str],
    met: Callable[[int], object],
) -> None:
    with database.transaction() as cursor:
        progress = imports.part(cursor, name, file.part)
    position = progress.position or file.first_row
    refused, rows = 0, progress.rows
    with file.path.open("rb") as opened:
        for block in _blocks(opened, position, file, known):
            refused += len(block.refused)
            if refused > MAX_REFUSED:
                raise Refused("too_many_refused", _too_many(file, block.refused[-1]))
            with database.transaction() as cursor:
                rows += _add(cursor, name, file, block)
                imports.keep_part(cursor, name, file.part, PartProgress(block.end, rows))
            met(block.end - position)
            position = block.end
    with database.transaction() as cursor:
        imports.keep_part(cursor, name, file.part, PartProgress(position, rows, True))


def _add(cursor: Cursor, name: str, file: PublishedFile, block: Block) -> int:
    added = references.add(cursor, name, file.table, block.rows) if block.rows else 0
    import_counts.add(cursor, name, "landed", added)
    import_rows.keep(cursor, name, block.refused)
    return added + len(block.refused)


def _finish(database: Database, name: str) -> ImportEntry:
    """Index, so that no row is there twice; a table that was indexed before stays as it is."""
    for table in references.TABLES:
        with database.transaction() as cursor:
            doubles = references.index(cursor, name, table)
            import_counts.add(cursor, name, "landed", -doubles)
            import_counts.add(cursor, name, "duplicate", doubles)
    with database.transaction() as cursor:
        imports.end_reading(cursor, name)
        return imports.get(cursor, name)


def _retry_file(database: Database, name: str, file: PublishedFile, known: frozenset[str]) -> None:
    with database.transaction() as cursor:
        places = import_rows.refused_places(cursor, name, file.part)
    with file.path.open("rb") as opened:
        for place in places:
            record = next(records(opened, int(place.key.rpartition("@")[2])), None)
            if record is None:
                continue
            lines, refused = _checked(file, record, known)
            with database.transaction() as cursor:
                if refused:
                    import_rows.keep(cursor, name, [refused])
                    continue
                import_rows.remove(cursor, name, place)
                new = references.add_new(cursor, name, file.table, as_csv([lines]))
                import_counts.add(cursor, name, "landed" if new else "duplicate", 1)


def _blocks(
    opened: BinaryIO, position: int, file: PublishedFile, known: frozenset[str]
) -> Iterator[Block]:
    while True:
        block = _plain_block(opened, position, known) if file.table == "imported_labels" else None
        block = block or _checked_block(opened, position, file, known)
        if block.end == position:
            return
        yield block
        position = block.end


def _plain_block(opened: BinaryIO, position: int, known: frozenset[str]) -> Block | None:
    """Whole lines that are all as published, to be copied as they are; None if one is not."""
    opened.seek(position)
    data = opened.read(BLOCK_BYTES)
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.replace(b"\r\n", b"\n")
    mids = mids_of_block(lines)
    if not mids or any(mid.decode() not in known for mid in mids):
        return None
    return Block(lines, [], position + len(whole))


def _checked_block(
    opened: BinaryIO, position: int, file: PublishedFile, known: frozenset[str]
) -> Block:
    lines, refused, end = [], [], position
    for record in records(opened, position):
        line, problem = _checked(file, record, known)
        if problem:
            refused.append(problem)
        else:
            lines.append(line)
        end = record.end
        if end - position >= BLOCK_BYTES:
            break
    return Block(as_csv(lines), refused, end)


def _checked(
    file: PublishedFile, record: CsvRecord, known: frozenset[str]
) -> tuple[tuple[str, ...], ImportRow | None]:
    """The row for the catalogue, or why it is refused."""
    try:
        if record.problem:
            raise record.problem
        if file.table == "imported_labels":
            return label_line(record.cells, known), None
        return photo_line(record.cells), None
    except Refused as refused:
        place = RowPlace(f"{file.part}@{record.start}", 0)
        label = record.cells[2] if file.table == "imported_labels" and record.cells[2:] else ""
        return (), ImportRow(place, file.part, label, 0, None, refused.code, refused.sentence)


def _too_many(file: PublishedFile, last: ImportRow) -> str:
    return (
        f"More than {MAX_REFUSED:,} rows of {file.part} are wrong; the last one: {last.reason} Mend"
        " that, and run the command again."
    )
