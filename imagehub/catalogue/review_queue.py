"""Claims that wait for a person, the least certain first.

Only keepers of duplicate groups; nobody meets a photo of one's own, or a claim already answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim that waits; `uncertainty` is how far its probability is from one half, 0 to 0.5.

    Sizes in pixels of the full derivative.
    """

    image_id: str
    label: Label
    uncertainty: float
    probability: float
    reasons: tuple[str, ...]
    width: int
    height: int


Position = tuple[float, str, str]
"""Where a claim stands in the queue: uncertainty, image id, label's MID."""

BEFORE_ALL: Position = (-1.0, "", "")

_WAITING = (
    "select v.image_id, v.probability, abs(v.probability - 0.5::real) as uncertainty, v.reasons,"
    " l.mid, l.name, i.full_width, i.full_height from verdicts v"
    " join labels l on l.mid = v.label join images i on i.id = v.image_id"
    " where v.version = (select version from verification_versions where is_current)"
    " and v.outcome = 'needs_review'"
    " and not exists (select from duplicates d where d.image_id = v.image_id)"
    " and not exists (select from uploads u where u.image_id = v.image_id"
    "  and u.account_id = %(account)s::uuid)"
    " and not exists (select from reviews r where r.image_id = v.image_id and r.label = v.label"
    "  and r.account_id = %(account)s::uuid)"
    " and (abs(v.probability - 0.5::real), v.image_id, v.label)"
)


def behind(cursor: Cursor, account_id: UUID, position: Position, limit: int) -> list[Waiting]:
    """The claims that come after a position, in order."""
    cursor.execute(
        _WAITING + " > (%(uncertainty)s::real, %(image)s::bpchar, %(label)s)"
        " order by abs(v.probability - 0.5::real), v.image_id, v.label limit %(limit)s",
        _values(account_id, position, limit),
    )
    return [_waiting(row) for row in cursor.fetchall()]


def before(cursor: Cursor, account_id: UUID, position: Position, limit: int) -> list[Waiting]:
    """The claims that come before a position, the nearest to it first."""
    cursor.execute(
        _WAITING + " < (%(uncertainty)s::real, %(image)s::bpchar, %(label)s)"
        " order by abs(v.probability - 0.5::real) desc, v.image_id desc, v.label desc"
        " limit %(limit)s",
        _values(account_id, position, limit),
    )
    return [_waiting(row) for row in cursor.fetchall()]


def concerns(cursor: Cursor, image_id: str) -> bool:
    """True if a claim on the image or a duplicate of it waits, or who asks has answered it."""
    cursor.execute("select waits_for_asker(%s) as concerns", (image_id,))
    return bool(cursor.fetchone().concerns)


def _values(account_id: UUID, position: Position, limit: int) -> dict[str, Any]:
    uncertainty, image_id, mid = position
    return {
        "account": str(account_id),
        "uncertainty": uncertainty,
        "image": image_id,
        "label": mid,
        "limit": limit,
    }


def _waiting(row: Any) -> Waiting:
    return Waiting(
        image_id=row.image_id,
        label=Label(row.mid, row.name),
        uncertainty=row.uncertainty,
        probability=row.probability,
        reasons=tuple(row.reasons),
        width=row.full_width,
        height=row.full_height,
    )
