"""The classes that the starter names, and what they are in Open Images."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from imagehub.errors import Misconfigured

PLACES = 232
"""Outputs while training: room for things that are learned later. Those without a class never
speak, and are cut off at the end."""


@dataclass(frozen=True, slots=True)
class StarterClass:
    """`name` is a WordNet id or a MID; `is_a` is a broader label; both labels may be empty."""

    name: str
    mid: str
    is_a: str


def starter_classes(wnids: Sequence[str], things: Iterable[str]) -> tuple[StarterClass, ...]:
    """The classes by output: those of the packed photos, then the MIDs that they lack.

    Raises Misconfigured if there are more than PLACES.
    """
    known = {row["wnid"]: row for row in _facts()}
    first = [StarterClass(wnid, known[wnid]["mid"], known[wnid]["is_a"]) for wnid in wnids]
    named = {starter_class.mid for starter_class in first}
    others = [StarterClass(mid, mid, "") for mid in sorted(set(things) - named)]
    if len(first) + len(others) > PLACES:
        raise Misconfigured(f"There are more than {PLACES} classes; leave some things out.")
    return (*first, *others)


def number_of(classes: Sequence[StarterClass], mid: str) -> int:
    """The output that means exactly this label; raise Misconfigured if there is none."""
    for number, starter_class in enumerate(classes):
        if starter_class.mid == mid:
            return number
    raise Misconfigured(f"No class of the starter is {mid}.")


def table(classes: Sequence[StarterClass]) -> str:
    """The classes as a table of `imagehub.vision.class_map`."""
    rows = [
        f"{number},{starter_class.mid},{starter_class.is_a}\n"
        for number, starter_class in enumerate(classes)
    ]
    return "".join(["class,mid,is_a\n", *rows])


def _facts() -> list[dict[str, str]]:
    text = (resources.files(__package__) / "classes.csv").read_text("utf-8")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("".join(lines))))
