"""Folders, zips and tars of photos: a folder is named like the label, or a file says it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from imagehub.client.folders import is_passed_over
from imagehub.errors import Refused
from imagehub.importing.label_tables import LabelTable
from imagehub.importing.source import (
    SourceFacts,
    SourceRow,
    distinct,
    facts_of_json,
    printable,
    refused_row,
)
from imagehub.importing.trees import TreeEntry, open_tree

PHOTOS = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}
)
"""What is taken for a photo by its name; the hub's checks then say which can be read."""

SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "images", "."})
"""Folders that hold photos of many labels, by their names in published sets."""


class FilesReader:
    """Reads a folder, an archive, or all archives of a folder; see SourceReader.

    A photo's label is the one that is given for all; else what the table says; else a file beside
    it says (`mug.json`, or the label alone in `mug.txt`); else the name of its folder.
    """

    def __init__(self, place: Path, label: str | None, table: LabelTable | None) -> None:
        self._place = place
        self._label = label
        self._table = table
        self._left = set(self.parts())

    def parts(self) -> Sequence[str]:
        """The archives of a folder that holds nothing else, or the place itself."""
        return archives(self._place, (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"))

    def rows(self, part: str) -> Iterator[SourceRow]:
        """Every photo; with the last part, what the table names and no part has."""
        prefix = self._prefix(part)
        self._left.discard(part)
        try:
            tree = open_tree(part_file(self._place, part))
            yield from distinct(
                row_of(entry, prefix, told_facts(self._label, self._table, entry.name, tree.beside))
                for entry in tree.entries()
                if is_photo(entry.name) or entry.problem
            )
        except Refused as refused:
            yield refused_row(part, refused.code, refused.sentence)
        if self._table and part == self.parts()[-1]:
            self._look_into_others(self._table)
            yield from missing_rows(self._table, prefix)

    def _prefix(self, part: str) -> str:
        return "" if part == self._place.name else f"{part}/"

    def _look_into_others(self, table: LabelTable) -> None:
        """Parts that an earlier run has read have files of the table too."""
        for part in self._left:
            with suppress(Refused):
                for entry in open_tree(part_file(self._place, part)).entries():
                    table.facts(entry.name)


def told_facts(
    label: str | None,
    table: LabelTable | None,
    name: str,
    beside: Callable[[str], bytes | None],
) -> SourceFacts:
    """What is said of a photo: for all, in the table, in a file beside it, by its folder's name."""
    told = table.facts(name) if table else _sidecar(beside, name)
    if label:
        return SourceFacts((label,), *_rest(told or SourceFacts()))
    if table:
        return told or SourceFacts()
    if told and told.labels:
        return told
    folder = PurePosixPath(name).parent.name
    labels = () if folder.lower() in SPLITS or not folder else (folder,)
    return SourceFacts(labels, *_rest(told or SourceFacts()))


def missing_rows(table: LabelTable, prefix: str = "") -> Iterator[SourceRow]:
    """A row for each file that the table names and the source does not have."""
    for name in table.missing():
        why = "The table of labels names it, and it is not in the source."
        yield refused_row(f"{prefix}{name}", "file_missing", why)


def row_of(entry: TreeEntry, prefix: str, facts: SourceFacts) -> SourceRow:
    """The row of a file in a tree."""
    key = printable(prefix + entry.name)
    return SourceRow(key, entry.size_bytes, entry.read, facts, entry.problem)


def is_photo(name: str) -> bool:
    """True for a name with a photo's ending that no system leaves behind."""
    path = PurePosixPath(name)
    return path.suffix.lower() in PHOTOS and not any(is_passed_over(Path(p)) for p in path.parts)


def archives(place: Path, endings: Sequence[str]) -> list[str]:
    """The names of the files with these endings in a folder that has some; else the place's own."""
    if not place.is_dir():
        return [place.name]
    found = sorted(file.name for file in place.iterdir() if file.name.endswith(tuple(endings)))
    return found or [place.name]


def part_file(place: Path, part: str) -> Path:
    """Where a part lies."""
    return place if part == place.name else place / part


def _rest(facts: SourceFacts) -> tuple[str, str, str, str]:
    return facts.licence, facts.author, facts.title, facts.source_url


def _sidecar(beside: Callable[[str], bytes | None], name: str) -> SourceFacts | None:
    stem = name.rpartition(".")[0]
    if (found := beside(f"{stem}.json")) is not None:
        try:
            return facts_of_json(json.loads(found))
        except (ValueError, RecursionError):
            return SourceFacts()
    if (found := beside(f"{stem}.txt")) is not None:
        lines = found.decode(errors="replace").strip().splitlines()
        return SourceFacts((lines[0],)) if len(lines) == 1 else None
    return None
