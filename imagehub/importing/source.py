"""What every reader gives: the rows of a source, part by part."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from imagehub.errors import Refused

MAX_TEXT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a source says of a photo: its labels (names or MIDs), its licence, whom to thank."""

    labels: tuple[str, ...] = ()
    licence: str = ""
    author: str = ""
    title: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One photo of a source: its place there (`key`), its size, what is said of it.

    `read` gives the bytes and raises Refused where they cannot be had. A row with a `problem` is
    refused unread.
    """

    key: str
    size_bytes: int
    read: Callable[[], bytes]
    facts: SourceFacts = SourceFacts()
    problem: Refused | None = None


class SourceReader(Protocol):
    """Reads one kind of source. The same source gives the same parts and rows each time."""

    def parts(self) -> Sequence[str]:
        """Name what is read one after the other: the archives, or one part for a folder."""
        ...

    def rows(self, part: str) -> Iterator[SourceRow]:
        """Give the rows of a part. What cannot be read is a row with a problem."""
        ...


def refused_row(
    key: str, code: str, sentence: str, facts: SourceFacts = SourceFacts()
) -> SourceRow:
    """A row that is refused unread."""
    return SourceRow(printable(key), 0, bytes, facts, Refused(code, sentence))


def distinct(rows: Iterable[SourceRow]) -> Iterator[SourceRow]:
    """The rows, each with a key of its own: an archive may have two members of one name."""
    met: Counter[int] = Counter()
    for row in rows:
        digest = hash(row.key)
        met[digest] += 1
        yield row if met[digest] == 1 else replace(row, key=f"{row.key} ({met[digest]})")


def printable(text: str) -> str:
    """The text with every character that cannot be printed, or stored, written as an escape."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def clean_facts(facts: SourceFacts) -> SourceFacts:
    """The facts as they are kept: one line each, of bounded length, nothing unprintable."""
    return replace(
        facts,
        labels=tuple(dict.fromkeys(filter(None, map(_line, facts.labels)))),
        licence=_line(facts.licence),
        author=_line(facts.author),
        title=_line(facts.title),
        source_url=_line(facts.source_url),
    )


def facts_of_json(value: object, label_fields: Sequence[str] = ()) -> SourceFacts:
    """What an object of JSON beside a photo says; fields by their usual names.

    Labels are a text, or a list of texts or of objects with a `label`.
    """
    if not isinstance(value, dict):
        return SourceFacts()
    fields = label_fields or ("labels", "label", "class", "category")
    labels = next((value[name] for name in fields if value.get(name) not in (None, "", [])), ())
    return SourceFacts(
        labels=_labels(labels),
        licence=_first(value, "licence", "license"),
        author=_first(value, "author", "contributor"),
        title=_first(value, "title"),
        source_url=_first(value, "source", "url"),
    )


def _labels(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(label for one in value for label in _labels(one))
    if isinstance(value, dict):
        return _labels(value.get("label") or value.get("mid") or ())
    return () if isinstance(value, bool) else (str(value),)


def _first(value: dict[str, Any], *names: str) -> str:
    found = (value.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), "")


def _line(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return printable(words)[:MAX_TEXT_CHARACTERS]
