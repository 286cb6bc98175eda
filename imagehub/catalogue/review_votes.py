"""People's answers as verification reads them: which are new, and who answers as others do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from imagehub.catalogue.database import Cursor

COMPARED_AT_MOST = 500
"""So many of a reviewer's latest answers are compared with other people's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer to one claim: yes, no or unsure."""

    account_id: str
    answer: Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a reviewer and somebody else both decided on a claim, and how often alike."""

    compared: int
    agreed: int


def are_waiting(cursor: Cursor, version: int) -> bool:
    """True if there are new or changed answers to claims that the version has taken in."""
    cursor.execute(
        f"select exists (select {_CHANGED.format(claims=_RECENT)}) as answer", {"version": version}
    )
    return bool(cursor.fetchone().answer)


def mark_due(cursor: Cursor, version: int) -> int:
    """Let the claims wait for a verdict whose answers are new, changed or withdrawn."""
    changed = _CHANGED.format(claims=_RECENT + _REVIEWED)
    cursor.execute(
        "update crowd_claims c set next_step = 'judge'"  # noqa: S608 (made of the constants below)
        f" from (select k.image_id, k.label {changed}) d"
        " where c.version = %(version)s and c.image_id = d.image_id and c.label = d.label",
        {"version": version},
    )
    marked = int(cursor.rowcount)
    cursor.execute(
        "update crowd_models set reviews_to = now() where version = %(version)s",
        {"version": version},
    )
    return marked


def of_claims(cursor: Cursor, label: str, image_ids: Sequence[str]) -> dict[str, list[Answer]]:
    """The answers to those of a label's claims that have some, by image id."""
    cursor.execute(
        "select r.image_id, r.account_id::text, r.answer from reviews r where r.label = %s"
        " and r.image_id = any(%s::bpchar[]) order by r.image_id, r.account_id",
        (label, list(image_ids)),
    )
    found: dict[str, list[Answer]] = {}
    for row in cursor:
        found.setdefault(row.image_id, []).append(Answer(row.account_id, row.answer))
    return found


def note(
    cursor: Cursor,
    version: int,
    label: str,
    judged: Iterable[str],
    answers: Mapping[str, Sequence[Answer]],
) -> None:
    """Remember which answers the verdicts of these images know."""
    rows = {
        image_id: ",".join(one.account_id + one.answer for one in answers.get(image_id, ()))
        for image_id in judged
    }
    cursor.execute(
        "update crowd_claims k set reviews = n.reviews"
        " from unnest(%s::bpchar[], %s::text[]) as n (image_id, reviews)"
        " where k.version = %s and k.label = %s and k.image_id = n.image_id"
        " and k.reviews <> n.reviews",
        (list(rows), list(rows.values()), version, label),
    )


def agreements(cursor: Cursor, accounts: Iterable[str]) -> dict[str, Agreement]:
    """How the latest answers of these reviewers compare with other people's to the same claims."""
    cursor.execute(
        "select a.id::text as account_id, count(*) as compared,"
        " count(*) filter (where o.answer = r.answer) as agreed"
        " from unnest(%s::uuid[]) as a (id) cross join lateral (select * from reviews"
        "  where account_id = a.id order by reviewed_at desc limit %s) r"
        " join reviews o on o.image_id = r.image_id and o.label = r.label"
        "  and o.account_id <> r.account_id"
        " where r.answer <> 'unsure' and o.answer <> 'unsure' group by a.id",
        (list(accounts), COMPARED_AT_MOST),
    )
    return {row.account_id: Agreement(row.compared, row.agreed) for row in cursor}


_RECENT = (
    "select r.image_id, r.label from crowd_models m join reviews r"
    # A review becomes visible later than its time; no transaction of the web is open so long.
    " on r.reviewed_at >= m.reviews_to - interval '15 minutes' where m.version = %(version)s"
)
_REVIEWED = (
    " union select image_id, label from crowd_claims where version = %(version)s and reviews <> ''"
)
_CHANGED = (
    "from ({claims}) t join crowd_claims k on k.version = %(version)s"
    "  and k.image_id = t.image_id and k.label = t.label and k.next_step is distinct from 'judge'"
    " where k.reviews <> coalesce((select string_agg(r.account_id::text || r.answer, ','"
    "  order by r.account_id) from reviews r where r.image_id = k.image_id"
    "  and r.label = k.label), '')"
)
