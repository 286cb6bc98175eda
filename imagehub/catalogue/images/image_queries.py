"""What pages and API read of one image: its photo, what was found in it, and who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.verdicts import read_verdict
from imagehub.vocabulary import Finding, Label, Verdict


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """A stored photo; `width` and `height` are the upright original's, in pixels.

    `is_public` says whether it is in a label set now; `digests` are those of `full`, `view` and
    `thumb`, None where none was noted yet.
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
    digests: Mapping[str, str | None]


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
class SentImages:
    """How many images an account sent and did not take back: in label sets now, and others.

    `is_all` is False if only its newest uploads were looked at.
    """

    public: int
    others: int
    is_all: bool


@dataclass(frozen=True, slots=True)
class ImageCheck:
    """What the current verification version saw in the image, whatever its label."""

    version: int
    findings: tuple[Finding, ...]
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class ImageVerdict:
    """What the current version says of (image, label), and when it entered the label's set.

    `prior` is what the version believed of every claim before any evidence, if it says so.
    """

    label: Label
    verdict: Verdict
    crowd_size: int
    version: int
    prior: float | None
    decided_at: datetime
    published_at: datetime | None


def find(cursor: Cursor, image_id: str) -> ImageEntry | None:
    """The image, public or not."""
    cursor.execute(
        """
        select i.*,
            exists (select from current_members m where m.image_id = i.id) as is_public
        from images i
        where i.id = %s
        """,
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
        digests={
            kind: sha256 and bytes(sha256).hex()
            for kind, sha256 in (
                ("full", row.full_sha256),
                ("view", row.view_sha256),
                ("thumb", row.thumb_sha256),
            )
        },
    )


def uploads(cursor: Cursor, image_id: str) -> list[ImageUpload]:
    """The uploads that led to the image and were not taken back, first one first."""
    cursor.execute(
        """
        select u.id, u.account_id, u.taken_at, u.accepted_at, u.settled_at, a.name as contributor,
            l.mid, l.name
        from uploads u
        join accounts a on a.id = u.account_id
        join labels l on l.mid = u.claimed_label
        where u.image_id = %s
            and not exists (select from withdrawn_uploads w where w.upload_id = u.id)
        order by u.settled_at, u.id
        """,
        (image_id,),
    )
    return [
        ImageUpload(
            id=row.id,
            account_id=row.account_id,
            contributor=row.contributor,
            claimed=Label(row.mid, row.name),
            taken_at=row.taken_at,
            accepted_at=row.accepted_at,
            settled_at=row.settled_at,
        )
        for row in cursor.fetchall()
    ]


def sent_by(cursor: Cursor, account_id: UUID, most: int) -> SentImages:
    """Count the images of the account's newest `most` uploads, each once."""
    cursor.execute(
        """
        with latest as materialized (
            select upload_id
            from acceptances
            where account_id = %(account)s
            order by accepted_at desc
            limit %(most)s + 1
        )
        select count(*) filter (where is_public) as public,
            count(*) filter (where not is_public) as others,
            (select count(*) from latest) <= %(most)s as is_all
        from (
            select distinct u.image_id,
                coalesce((
                    select true from current_members m where m.image_id = u.image_id limit 1
                ), false) as is_public
            from (select * from latest limit %(most)s) l
            cross join lateral (
                select image_id
                from uploads
                where id = l.upload_id and account_id = %(account)s and image_id is not null
                offset 0
            ) u
            where (select w.upload_id from withdrawn_uploads w where w.upload_id = l.upload_id)
                is null
        ) sent
        """,
        {"account": account_id, "most": most},
    )
    return SentImages(*cursor.fetchone())


def shared_claims(cursor: Cursor, image_id: str) -> frozenset[Label]:
    """The labels that several people claimed of the image, for every requester."""
    cursor.execute(
        """
        select l.mid, l.name
        from claim_senders c
        join labels l on l.mid = c.label
        where c.image_id = %s and c.senders > 1
        """,
        (image_id,),
    )
    return frozenset(Label(row.mid, row.name) for row in cursor.fetchall())


def check(cursor: Cursor, image_id: str) -> ImageCheck | None:
    """What the current version found; None while it has not looked."""
    cursor.execute(
        """
        select c.version, c.findings, c.checked_at
        from image_checks c
        join current_version v using (version)
        where c.image_id = %s
        """,
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
        """
        select d.*, l.mid, l.name, p.published_at, (v.thresholds->>'prior')::float as prior
        from verdicts d
        join current_version v using (version)
        join labels l on l.mid = d.label
        left join current_members m on m.label = d.label
            and m.claimed_label = d.label
            and m.image_id = d.image_id
        left join label_set_versions p on p.version = m.added_in
        where d.image_id = %s
        order by d.probability desc, l.mid
        """,
        (image_id,),
    )
    return [_verdict(row) for row in cursor.fetchall()]


def published_as(cursor: Cursor, image_id: str) -> list[Label]:
    """The labels that the image was verified as and stands in the sets of, the likeliest first."""
    cursor.execute(
        """
        select l.mid, l.name
        from current_members m
        join labels l on l.mid = m.label
        where m.image_id = %s and m.label = m.claimed_label
        order by m.probability desc, l.mid
        """,
        (image_id,),
    )
    return [Label(row.mid, row.name) for row in cursor.fetchall()]


def clusters(cursor: Cursor, image_id: str) -> list[tuple[Label, int, int]]:
    """The clusters that the image is in: label, ordinal and size."""
    cursor.execute(
        """
        select l.mid, l.name, c.ordinal, c.size
        from cluster_members m
        join clusters c on c.id = m.cluster_id
        join labels l on l.mid = c.label
        where m.image_id = %s
        order by c.size desc, c.id
        """,
        (image_id,),
    )
    return [(Label(row.mid, row.name), row.ordinal, row.size) for row in cursor.fetchall()]


def _verdict(row: Any) -> ImageVerdict:
    return ImageVerdict(
        label=Label(row.mid, row.name),
        verdict=read_verdict(row),
        crowd_size=row.crowd_size,
        version=row.version,
        prior=row.prior,
        decided_at=row.decided_at,
        published_at=row.published_at,
    )
