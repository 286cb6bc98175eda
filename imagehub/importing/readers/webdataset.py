"""WebDataset tars: members of one stem are one sample, a photo with what is said of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from imagehub.errors import Refused
from imagehub.importing.readers.files import PHOTOS, archives, part_file, row_of
from imagehub.importing.source import (
    SourceFacts,
    SourceRow,
    distinct,
    facts_of_json,
    refused_row,
)
from imagehub.importing.trees import TarTree, TreeEntry

MAX_SAMPLE_BYTES = 64 << 20


class WebdatasetReader:
    """Reads tars whose samples have a photo and a `.json`, a `.cls` or a `.txt`; see SourceReader.

    `classes` are the names behind numbers in `.cls`. The text of a `.txt` is a label only where
    `text_is_label`: often it is a caption.
    """

    def __init__(
        self,
        place: Path,
        classes: Sequence[str] = (),
        label_fields: Sequence[str] = (),
        text_is_label: bool = True,
    ) -> None:
        self._place = place
        self._classes = classes
        self._label_fields = label_fields
        self._text_is_label = text_is_label

    def parts(self) -> Sequence[str]:
        """The tars."""
        return archives(self._place, (".tar", ".tar.gz", ".tgz"))

    def rows(self, part: str) -> Iterator[SourceRow]:
        """One row for each photo of each sample, in the order of the tar."""
        prefix = f"{part}/"
        try:
            entries = TarTree(part_file(self._place, part)).entries()
            yield from distinct(
                row for members in samples(entries) for row in self._sample(prefix, members)
            )
        except Refused as refused:
            yield refused_row(part, refused.code, refused.sentence)

    def _sample(self, prefix: str, members: Sequence[TreeEntry]) -> Iterator[SourceRow]:
        facts = self._facts({ending(entry.name): entry for entry in members})
        for entry in members:
            if ending(entry.name) in PHOTOS or entry.problem:
                yield row_of(entry, prefix, facts)

    def _facts(self, members: dict[str, TreeEntry]) -> SourceFacts:
        facts = SourceFacts()
        if ".json" in members and not members[".json"].problem:
            try:
                facts = facts_of_json(json.loads(members[".json"].read()), self._label_fields)
            except (ValueError, RecursionError):
                facts = SourceFacts()
        if not facts.labels and ".cls" in members:
            facts = replace(facts, labels=self._classes_of(members[".cls"].read()))
        if not facts.labels and self._text_is_label and ".txt" in members:
            facts = replace(facts, labels=_lines(members[".txt"].read()))
        return facts

    def _classes_of(self, data: bytes) -> tuple[str, ...]:
        return tuple(class_name(line, self._classes) for line in _lines(data))


def samples(entries: Iterable[TreeEntry]) -> Iterator[list[TreeEntry]]:
    """Members of one stem that follow one another; a huge sample comes in pieces."""
    members: list[TreeEntry] = []
    held_bytes = 0
    for entry in entries:
        is_next = bool(members) and stem(members[0].name) != stem(entry.name)
        if is_next or held_bytes > MAX_SAMPLE_BYTES:
            yield members
            members, held_bytes = [], 0
        members.append(entry)
        held_bytes += entry.size_bytes
    if members:
        yield members


def class_name(text: str, classes: Sequence[str]) -> str:
    """The name behind a class's number, where names are known; else the text as it is."""
    number = int(text) if text.isdecimal() and len(text) < 9 else len(classes)
    return classes[number] if number < len(classes) else text


def stem(name: str) -> str:
    """What the members of one sample have in common: all before the first dot of the last part."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/{file.partition('.')[0]}"


def ending(name: str) -> str:
    """The last ending, in small letters."""
    return PurePosixPath(name).suffix.lower()


def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(
        line.strip() for line in data.decode(errors="replace").splitlines() if line.strip()
    )
