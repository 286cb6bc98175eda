"""What pages and API read of one image: its photo, what was found in it, and who sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.browse import Tile
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Evidence, Finding, Label, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """A stored photo; `width` and `height` are the upright original's, in pixels.

    `is_public` says whether it is in a label set now.
    """

    id: str
    photo_sha256: str
    format: str
    width: int
    height: int
    full_width: int
    full_height: int
    full_bytes: int
    flags: tuple[str, ...]
    landed_at: datetime
    is_public: bool


@dataclass(frozen=True, slots=True)
class ImageUpload:
    """An upload that led to the image."""

    id: UUID
    account_id: UUID
    contributor: str
    claimed: Label
    taken_at: datetime | None
    accepted_at: datetime
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class ImageCheck:
    """What the current verification version saw in the image, whatever its label."""

    version: int
    findings: tuple[Finding, ...]
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class ImageVerdict:
    """What the current version says of (image, label), and when it entered the label's set."""

    label: Label
    verdict: Verdict
    crowd_size: int
    decided_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A public image that shows the same photo."""

    tile: Tile
    reason: str


def find(cursor: Cursor, image_id: str) -> ImageEntry | None:
    """The image, public or not."""
    cursor.execute(
        "select i.*, exists (select from label_set_members m where m.image_id = i.id"
        " and m.removed_in is null) as is_public from images i where i.id = %s",
        (image_id,),
    )
    row = cursor.fetchone()
    return row and ImageEntry(
        id=row.id,
        photo_sha256=bytes(row.photo_sha256).hex(),
        format=row.format,
        width=row.width,
        height=row.height,
        full_width=row.full_width,
        full_height=row.full_height,
        full_bytes=row.full_bytes,
        flags=tuple(row.flags),
        landed_at=row.landed_at,
        is_public=row.is_public,
    )


def uploads(cursor: Cursor, image_id: str) -> list[ImageUpload]:
    """The uploads that led to the image, first one first."""
    cursor.execute(
        "select u.*, a.name as contributor, l.mid, l.name from uploads u"
        " join accounts a on a.id = u.account_id join labels l on l.mid = u.claimed_label"
        " where u.image_id = %s order by u.settled_at, u.id",
        (image_id,),
    )
    return [
        ImageUpload(
            id=UUID(str(row.id)),
            account_id=UUID(str(row.account_id)),
            contributor=row.contributor,
            claimed=Label(row.mid, row.name),
            taken_at=row.taken_at,
            accepted_at=row.accepted_at,
            settled_at=row.settled_at,
        )
        for row in cursor.fetchall()
    ]


def check(cursor: Cursor, image_id: str) -> ImageCheck | None:
    """What the current version found; None while it has not looked."""
    cursor.execute(
        "select c.version, c.findings, c.checked_at from image_checks c"
        " join verification_versions v using (version) where v.is_current and c.image_id = %s",
        (image_id,),
    )
    row = cursor.fetchone()
    return row and ImageCheck(
        version=row.version,
        findings=tuple(
            Finding(found["code"], found["measured"], found["sentence"]) for found in row.findings
        ),
        checked_at=row.checked_at,
    )


def verdicts(cursor: Cursor, image_id: str) -> list[ImageVerdict]:
    """The current version's verdicts on the image, the most probable label first."""
    cursor.execute(
        "select d.*, l.mid, l.name, p.published_at from verdicts d"
        " join verification_versions v using (version) join labels l on l.mid = d.label"
        " left join label_set_members m on m.label = d.label and m.claimed_label = d.label"
        "  and m.image_id = d.image_id and m.removed_in is null"
        " left join label_set_versions p on p.version = m.added_in"
        " where v.is_current and d.image_id = %s order by d.probability desc, l.mid",
        (image_id,),
    )
    return [_verdict(row) for row in cursor.fetchall()]


def published_as(cursor: Cursor, image_id: str) -> list[Label]:
    """The labels that the image was verified as and stands in the sets of, the likeliest first."""
    cursor.execute(
        "select l.mid, l.name from label_set_members m join labels l on l.mid = m.label"
        " where m.image_id = %s and m.removed_in is null and m.label = m.claimed_label"
        " order by m.probability desc, l.mid",
        (image_id,),
    )
    return [Label(row.mid, row.name) for row in cursor.fetchall()]


def duplicate_group(cursor: Cursor, image_id: str) -> tuple[str, list[NearDuplicate]]:
    """The keeper of the image's duplicate group, and the group's other public images.

    An image that has no duplicates is its own keeper.
    """
    cursor.execute("select keeper_id from duplicates where image_id = %s", (image_id,))
    row = cursor.fetchone()
    keeper_id = str(row.keeper_id) if row else image_id
    cursor.execute(
        "select i.id as image_id, i.full_width, i.full_height, l.mid, l.name, d.reason"
        " from (select image_id, distance, reason from duplicates where keeper_id = %(keeper)s"
        "  union all select %(keeper)s, -1, '') d"
        " join images i on i.id = d.image_id"
        " join lateral (select claimed_label from label_set_members m"
        "  where m.image_id = i.id and m.removed_in is null order by claimed_label limit 1) m"
        "  on true join labels l on l.mid = m.claimed_label"
        " where i.id <> %(image)s order by d.distance, i.id",
        {"keeper": keeper_id, "image": image_id},
    )
    return keeper_id, [
        NearDuplicate(
            Tile(row.image_id, row.full_width, row.full_height, Label(row.mid, row.name)),
            row.reason,
        )
        for row in cursor.fetchall()
    ]


def clusters(cursor: Cursor, image_id: str) -> list[tuple[Label, int, int]]:
    """The clusters that the image is in: label, ordinal and size."""
    cursor.execute(
        "select l.mid, l.name, c.ordinal, c.size from cluster_members m"
        " join clusters c on c.id = m.cluster_id join labels l on l.mid = c.label"
        " where m.image_id = %s order by c.size desc, c.id",
        (image_id,),
    )
    return [(Label(row.mid, row.name), row.ordinal, row.size) for row in cursor.fetchall()]


def _verdict(row: Any) -> ImageVerdict:
    evidence = tuple(
        Evidence(seen["source"], seen["probability"], seen["sentence"]) for seen in row.evidence
    )
    return ImageVerdict(
        label=Label(row.mid, row.name),
        verdict=Verdict(Outcome(row.outcome), row.probability, tuple(row.reasons), evidence),
        crowd_size=row.crowd_size,
        decided_at=row.decided_at,
        published_at=row.published_at,
    )
