"""Find labels by name, walk up and down between them, and say how many photos each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.labels.label_queries import LabelEntry
from imagehub.errors import NotFound
from imagehub.vocabulary import EdgeKind, Label, Outcome
from webapp.http.cursors import Page, decode, page_after

MAX_SEARCH_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class LabelView:
    """A label in its place: `trail` leads down to it, without itself and without a single root.

    `outcomes` counts the current verdicts on it and `claimed` the images sent as it; both
    without descendants.
    """

    entry: LabelEntry
    trail: tuple[Label, ...]
    parents: tuple[LabelEntry, ...]
    kinds: tuple[LabelEntry, ...]
    parts: tuple[LabelEntry, ...]
    wholes: tuple[LabelEntry, ...]
    claimed: int
    outcomes: Mapping[Outcome, int]

    @property
    def undecided(self) -> int:
        """Images claimed as the label that wait for a verdict."""
        return max(0, self.claimed - sum(self.outcomes.values()))


@dataclass(frozen=True, slots=True)
class LabelGroup:
    """A label where browsing starts, and its kinds."""

    entry: LabelEntry
    kinds: tuple[LabelEntry, ...]


def search(database: Database, text: str, after: str | None, limit: int) -> Page[LabelEntry]:
    """Labels whose name contains the text, best first; all of them by name for no text."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = text[:MAX_SEARCH_CHARACTERS]
    rank, name, mid = decode(after, int, str, str) if after else (-1, "", "")
    with database.transaction() as cursor:
        found = label_queries.search(cursor, text, (rank, name, mid), limit + 1)
    page = page_after(
        found,
        limit,
        lambda match: (match.rank, match.entry.label.name.lower(), match.entry.label.mid),
        is_first=True,
    )
    return Page(tuple(match.entry for match in page.items), page.after)


def show(database: Database, mid: str) -> LabelView:
    """One label in its place; raise NotFound if there is none."""
    with database.transaction() as cursor:
        entry = label_queries.find(cursor, mid)
        if entry is None:
            raise NotFound(f"There is no label {mid}.")
        trail = trail_to(mid, label_queries.edges_upward(cursor, mid))
        tops = label_queries.tops(cursor)
        root = [top.label for top in tops] if len(tops) == 1 else []
        outcomes = label_queries.outcomes(cursor, mid)
        return LabelView(
            entry=entry,
            trail=tuple(trail[1:] if root and trail[:1] == root else trail),
            parents=tuple(label_queries.above(cursor, mid, EdgeKind.IS_A)),
            kinds=tuple(label_queries.below(cursor, mid, EdgeKind.IS_A)),
            parts=tuple(label_queries.below(cursor, mid, EdgeKind.PART_OF)),
            wholes=tuple(label_queries.above(cursor, mid, EdgeKind.PART_OF)),
            claimed=label_queries.claimed(cursor, mid),
            outcomes={outcome: outcomes.get(str(outcome), 0) for outcome in Outcome},
        )


def groups(database: Database) -> list[LabelGroup]:
    """Where browsing starts: the labels below nothing, or below the only root, with their kinds."""
    with database.transaction() as cursor:
        tops = label_queries.tops(cursor)
        if len(tops) == 1:
            tops = label_queries.below(cursor, tops[0].label.mid, EdgeKind.IS_A)
        kinds = label_queries.below_each(cursor, [top.label.mid for top in tops], EdgeKind.IS_A)
    found = [LabelGroup(top, tuple(kinds.get(top.label.mid, ()))) for top in tops]
    return sorted(found, key=lambda group: not group.kinds)


def trail_to(mid: str, edges: Sequence[tuple[str, Label]]) -> list[Label]:
    """The shortest way down to the label, top first and without itself.

    `edges` are (child's MID, parent) among the label and its ancestors, parents in the order in
    which equally short ways are preferred. Empty for a label without parents.
    """
    parents: dict[str, list[Label]] = {}
    for child, parent in edges:
        parents.setdefault(child, []).append(parent)
    ways: list[list[Label]] = [[]]
    seen = {mid}
    while ways:
        trail, *ways = ways
        steps = parents.get(trail[0].mid if trail else mid, [])
        if not steps:
            return trail
        ways += [[step, *trail] for step in steps if step.mid not in seen]
        seen.update(step.mid for step in steps)
    return []
