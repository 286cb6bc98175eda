"""Subsets: save a selection, look at what it would hold, ask for its release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.releases import subset_estimates, subsets
from imagehub.catalogue.releases.subsets import LabelCount, Subset
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Account
from webapp.http import access
from webapp.http.cursors import Page, decode_moment, page_after

EXACT_IMAGES = 2_000
"""A form counts with every change: of more images than these it looks at so many."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a first release of a subset would hold if it were made now.

    Later releases keep the splits of the earlier ones, and so may differ a little. `is_exact` is
    False where the numbers were worked out from a sample.
    """

    is_exact: bool
    files: int
    total_bytes: int
    splits: Mapping[str, int]
    labels: tuple[LabelCount, ...]


def create(database: Database, account: Account, name: str, rules: SubsetRules) -> Subset:
    """Save a selection; the same again changes nothing.

    Raises Conflict if the name is taken by another selection, Refused(`label_invalid`) for MIDs
    that are no labels.
    """
    with database.transaction() as cursor:
        _require_labels(cursor, rules)
        subsets.create(cursor, account.id, name, rules)
        found = _find(cursor, name)
    if found.account_id != account.id or _canonical(found.rules) != _canonical(rules):
        raise Conflict(f"There is a subset {name} already, and it is a different one.")
    return found


def show(database: Database, name: str) -> Subset:
    """The subset of this name; else NotFound."""
    with database.transaction() as cursor:
        return _find(cursor, name)


def newest(database: Database, after: str | None, limit: int) -> Page[Subset]:
    """Subsets, those saved last first."""
    with database.transaction() as cursor:
        found = subsets.newest(cursor, decode_moment(after) if after else None, limit + 1)
    return page_after(
        found, limit, lambda subset: (subset.created_at.isoformat(), subset.name), is_first=True
    )


def preview(database: Database, rules: SubsetRules) -> Preview:
    """Count what the rules select now; of more than EXACT_IMAGES, from a sample of so many."""
    with database.transaction() as cursor:
        _require_labels(cursor, rules)
        sizes = subset_estimates.sizes(cursor, rules.labels)
        is_exact = sum(sizes.values()) <= EXACT_IMAGES
        if is_exact:
            counts = subsets.count(cursor, rules)
        else:
            counts = subset_estimates.estimate(cursor, rules, sizes, EXACT_IMAGES)
    return Preview(
        is_exact=is_exact,
        files=sum(count.files for count in counts),
        total_bytes=sum(count.total_bytes for count in counts),
        splits={split: sum(count.splits[split] for count in counts) for split, _ in rules.splits},
        labels=tuple(counts),
    )


def may_release(subset: Subset, account: Account | None) -> bool:
    """True for who may ask for releases of a subset."""
    kind = access.table().things["subset"]
    return account is not None and kind.is_for(account, is_own=subset.account_id == account.id)


def request_release(database: Database, account: Account, name: str) -> str:
    """Ask for a release of the account's own subset (admins: of any); returns its id.

    While the same wish is still open its id is given again.
    """
    with database.transaction() as cursor:
        found = subsets.lock(cursor, name)
        if found is None:
            raise NotFound(f"There is no subset {name}.")
        access.table().things["subset"].require(
            account,
            "Only its owner and admins ask for releases of a subset.",
            is_own=found.account_id == account.id,
        )
        return subsets.open_request(cursor, found) or subsets.request_release(
            cursor, found, account.id
        )


def _find(cursor: Cursor, name: str) -> Subset:
    found = subsets.find(cursor, name)
    if found is None:
        raise NotFound(f"There is no subset {name}.")
    return found


def _require_labels(cursor: Cursor, rules: SubsetRules) -> None:
    known = {entry.label.mid for entry in label_queries.find_many(cursor, rules.labels)}
    missing = [mid for mid in rules.labels if mid not in known]
    if missing:
        raise Refused("label_invalid", f"There is no label {missing[0]}.")


def _canonical(rules: SubsetRules) -> SubsetRules:
    return replace(rules, splits=tuple(sorted(rules.splits)))
