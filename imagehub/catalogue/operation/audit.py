"""Reads of the whole catalogue for auditors: its rows, and how long each step took."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class SettledUpload:
    """An upload that left the log; `photo_sha256` is 64 hex digits."""

    id: str
    photo_sha256: str
    state: str
    code: str | None
    image_id: str | None


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image's digests, 64 hex digits each: of the photo as it was sent and of its `full`."""

    id: str
    photo_sha256: str
    full_sha256: str


@dataclass(frozen=True, slots=True)
class SettledClaim:
    """A settled upload and what the current version says of its (image, claimed label).

    `keeper` names its duplicate group; `findings` are the codes of the checks that found something.
    What is None does not exist: an image and all after it where the upload was refused.
    """

    id: str
    code: str | None
    image_id: str | None
    photo_sha256: str
    keeper: str | None
    outcome: str | None
    probability: float | None
    findings: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClusteredImage:
    """An image in a cluster of a label, which is given by its MID."""

    label: str
    ordinal: int
    image_id: str


def settled_uploads(cursor: Cursor) -> list[SettledUpload]:
    """Every upload that landed or was refused by ingestion."""
    cursor.execute(
        """
        select id::text, encode(photo_sha256, 'hex') as photo_sha256, state, code, image_id
        from uploads
        order by id
        """
    )
    return [SettledUpload(*row) for row in cursor.fetchall()]


def stored_images(cursor: Cursor) -> list[StoredImage]:
    """Every image."""
    cursor.execute(
        """
        select id, encode(photo_sha256, 'hex') as photo_sha256,
            encode(full_sha256, 'hex') as full_sha256
        from images
        order by id
        """
    )
    return [StoredImage(*row) for row in cursor.fetchall()]


def outcomes(cursor: Cursor) -> dict[str, str]:
    """The outcome of each landed upload's (image, label) in the current version, by upload id."""
    cursor.execute(
        """
        select uploads.id::text, verdicts.outcome
        from uploads
        cross join current_version current
        join verdicts on verdicts.version = current.version
            and verdicts.image_id = uploads.image_id
            and verdicts.label = uploads.claimed_label
        """
    )
    return {row.id: row.outcome for row in cursor.fetchall()}


def settled_claims(cursor: Cursor) -> list[SettledClaim]:
    """Every settled upload with its verdict, its findings and its duplicate group."""
    cursor.execute(
        """
        select u.id::text, u.code, u.image_id, encode(u.photo_sha256, 'hex') as photo_sha256,
            coalesce(d.keeper_id, u.image_id) as keeper, v.outcome, v.probability, c.findings
        from uploads u
        left join current_version now on true
        left join verdicts v on v.version = now.version
            and v.image_id = u.image_id
            and v.label = u.claimed_label
        left join image_checks c on c.version = now.version and c.image_id = u.image_id
        left join duplicates d on d.image_id = u.image_id
        """
    )
    return [
        SettledClaim(
            id=row.id,
            code=row.code,
            image_id=row.image_id,
            photo_sha256=row.photo_sha256,
            keeper=row.keeper,
            outcome=row.outcome,
            probability=None if row.outcome is None else float(row.probability),
            findings=frozenset(finding["code"] for finding in row.findings or ()),
        )
        for row in cursor.fetchall()
    ]


def clustered_images(cursor: Cursor) -> list[ClusteredImage]:
    """The members of all clusters."""
    cursor.execute(
        """
        select c.label, c.ordinal, m.image_id
        from clusters c
        join cluster_members m on m.cluster_id = c.id
        order by c.label, c.ordinal, m.image_id
        """
    )
    return [ClusteredImage(*row) for row in cursor.fetchall()]


def running_jobs(cursor: Cursor) -> list[str]:
    """The jobs that run at this moment, each with how far it is."""
    cursor.execute(
        """
        select job || ' ' || done || ' of ' || coalesce(total::text, 'unknown') as run
        from job_runs
        where state = 'running'
        order by id
        """
    )
    return [row.run for row in cursor.fetchall()]


def stored_seconds_p95(cursor: Cursor) -> float | None:
    """Seconds from acceptance until stored: 95 of 100 landed uploads took no longer."""
    cursor.execute(
        """
        select percentile_cont(0.95) within group (
            order by extract(epoch from settled_at - accepted_at)
        ) as seconds
        from uploads
        where state = 'landed'
        """
    )
    return _seconds(cursor.fetchone().seconds)


def verified_seconds_p95(cursor: Cursor) -> float | None:
    """Seconds from acceptance until the verdict that counts: 95 of 100 uploads took no longer.

    An upload of an image that has its verdict already is verified once it is stored.
    """
    cursor.execute(
        """
        select percentile_cont(0.95) within group (
            order by extract(
                epoch from greatest(verdicts.decided_at, uploads.settled_at) - uploads.accepted_at
            )
        ) as seconds
        from uploads
        cross join current_version current
        join verdicts on verdicts.version = current.version
            and verdicts.image_id = uploads.image_id
            and verdicts.label = uploads.claimed_label
        """
    )
    return _seconds(cursor.fetchone().seconds)


def _seconds(value: object) -> float | None:
    return None if value is None else round(float(str(value)), 3)
