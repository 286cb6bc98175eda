"""Subsets: save a selection, look at what it would hold, ask for its release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from imagehub.catalogue import labels_read, subsets
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.subsets import LabelCount, Subset
from imagehub.errors import Conflict, Forbidden, NotFound, Refused
from imagehub.vocabulary import Account, Label, Role, SubsetRules


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """What a subset would take under one label: images found, files taken, files a split."""

    label: Label
    images: int
    files: int
    splits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subset would hold if it were released now.

    Which image goes to which split is decided by its digest when the release is made; the counts
    of splits are what the shares lead one to expect.
    """

    files: int
    total_bytes: int
    splits: Mapping[str, int]
    labels: tuple[LabelPreview, ...]


def create(database: Database, asker: Account, name: str, rules: SubsetRules) -> Subset:
    """Save a selection; the same again changes nothing.

    Raises Conflict if the name is taken by another selection, Refused(`label_invalid`) for MIDs
    that are no labels.
    """
    with database.transaction() as cursor:
        _require_labels(cursor, rules)
        subsets.create(cursor, asker.id, name, rules)
        found = _find(cursor, name)
    if found.account_id != asker.id or _canonical(found.rules) != _canonical(rules):
        raise Conflict(f"There is a subset {name} already, and it is a different one.")
    return found


def show(database: Database, name: str) -> Subset:
    """The subset of this name; else NotFound."""
    with database.transaction() as cursor:
        return _find(cursor, name)


def newest(database: Database, limit: int = 50) -> list[Subset]:
    """The subsets that were saved last."""
    with database.transaction() as cursor:
        return subsets.newest(cursor, limit)


def preview(database: Database, rules: SubsetRules) -> Preview:
    """Count what the rules select now."""
    with database.transaction() as cursor:
        _require_labels(cursor, rules)
        counts = subsets.count(cursor, rules)
    labels = tuple(_label_preview(one, rules) for one in counts)
    return Preview(
        files=sum(one.files for one in labels),
        total_bytes=sum(_taken_bytes(one, rules) for one in counts),
        splits={split: sum(one.splits[split] for one in labels) for split, _ in rules.splits},
        labels=labels,
    )


def request_release(database: Database, asker: Account, name: str) -> str:
    """Ask for a release of one's own subset (operators: of any); returns the release's id.

    While the same wish is still open its id is given again.
    """
    with database.transaction() as cursor:
        found = subsets.lock(cursor, name)
        if found is None:
            raise NotFound(f"There is no subset {name}.")
        if found.account_id != asker.id and Role.OPERATOR not in asker.roles:
            raise Forbidden("Only its owner and operators ask for releases of a subset.")
        return subsets.open_request(cursor, found) or subsets.request_release(
            cursor, found, asker.id
        )


def split_counts(total: int, splits: tuple[tuple[str, float], ...]) -> dict[str, int]:
    """Share out a total by largest remainder, so that the parts add up to it."""
    exact = {name: total * share for name, share in splits}
    counts = {name: int(part) for name, part in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _find(cursor: Cursor, name: str) -> Subset:
    found = subsets.find(cursor, name)
    if found is None:
        raise NotFound(f"There is no subset {name}.")
    return found


def _require_labels(cursor: Cursor, rules: SubsetRules) -> None:
    known = {entry.label.mid for entry in labels_read.find_many(cursor, rules.labels)}
    missing = [mid for mid in rules.labels if mid not in known]
    if missing:
        raise Refused("label_invalid", f"There is no label {missing[0]}.")


def _canonical(rules: SubsetRules) -> SubsetRules:
    return replace(rules, splits=tuple(sorted(rules.splits)))


def _label_preview(count: LabelCount, rules: SubsetRules) -> LabelPreview:
    files = _files(count, rules)
    return LabelPreview(count.label, count.images, files, split_counts(files, rules.splits))


def _files(count: LabelCount, rules: SubsetRules) -> int:
    return count.images if rules.cap_per_label is None else min(count.images, rules.cap_per_label)


def _taken_bytes(count: LabelCount, rules: SubsetRules) -> int:
    return count.total_bytes * _files(count, rules) // max(1, count.images)
