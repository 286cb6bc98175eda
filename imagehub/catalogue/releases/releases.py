"""Releases as the job makes them: wishes, what they select, and the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.releases.subsets import rules_from_json
from imagehub.subsets import (
    CONTRIBUTORS_LICENCE,
    Assignment,
    Offer,
    ReleasePhoto,
    SubsetRules,
)
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A request for a release that waits for its answer."""

    release_id: str
    subset_id: UUID
    number: int
    rules: SubsetRules
    rules_as_written: Mapping[str, Any]
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """What a release holds; digest, signature and key are raw bytes."""

    release_id: str
    label_set_version: int
    files: int
    total_bytes: int
    manifest_sha256: bytes
    signature: bytes
    public_key: bytes
    summary: Mapping[str, Mapping[str, int]]


def any_waiting(cursor: Cursor) -> bool:
    """True if a wish is not answered yet."""
    cursor.execute(f"select exists (select {_WAITING}) as answer")
    return bool(cursor.fetchone().answer)


def waiting(cursor: Cursor) -> list[ReleaseRequest]:
    """Wishes that are not answered yet, oldest first."""
    cursor.execute(f"select r.* {_WAITING} order by r.requested_at, r.release_id")
    return [
        ReleaseRequest(
            row.release_id,
            row.subset_id,
            row.number,
            rules_from_json(row.rules),
            row.rules,
            row.requested_at,
        )
        for row in cursor.fetchall()
    ]


def version_at(cursor: Cursor, at: datetime) -> int | None:
    """The version of the label sets that was the newest one at a time."""
    cursor.execute(
        "select max(version) as version from label_set_versions where published_at <= %s", (at,)
    )
    version: int | None = cursor.fetchone().version
    return version


def find(cursor: Cursor, version: int, rules: SubsetRules) -> list[Offer]:
    """What a version of the label sets holds for the rules, before any cap.

    Of copies only the one that is nearest to the group's keeper counts where the rules want one
    of each: the keeper itself unless it is not among them.
    """
    cursor.execute(
        """
        select image_id, "group", label, claimed_label, distance, probability
        from (
            select m.image_id, coalesce(d.keeper_id, m.image_id) as "group", m.label,
                m.claimed_label, a.distance, m.probability,
                first_value(m.image_id) over (
                    partition by coalesce(d.keeper_id, m.image_id)
                    order by d.distance nulls first, m.image_id
                ) as kept
            from label_set_members m
            join images i on i.id = m.image_id
            join label_ancestors a on a.mid = m.claimed_label and a.ancestor = m.label
            left join duplicates d on d.image_id = m.image_id
            where m.label = any(%(labels)s)
                and m.added_in <= %(version)s
                and (m.removed_in is null or m.removed_in > %(version)s)
                and not exists (select from concealed_images c where c.image_id = m.image_id)
                and least(i.full_width, i.full_height) >= %(min_short_side_pixels)s
        ) as offered
        where image_id = kept or not %(keepers_only)s
        order by image_id, label, claimed_label
        """,
        {
            "labels": list(rules.labels),
            "version": version,
            "min_short_side_pixels": rules.min_short_side_pixels,
            "keepers_only": rules.keepers_only,
        },
    )
    return [Offer(*row) for row in cursor.fetchall()]


def photos(cursor: Cursor, image_ids: Sequence[str]) -> list[ReleasePhoto]:
    """The files of these images."""
    cursor.execute(
        """
        select i.id, encode(i.photo_sha256, 'hex') as photo, encode(i.full_sha256, 'hex') as full,
            i.full_bytes, i.full_crc32, i.full_width, i.full_height,
            coalesce(nullif(o.author, ''), a.name, '') as contributor,
            coalesce(o.licence, %s) as licence
        from images i
        left join uploads u on u.id = i.first_upload_id
        left join accounts a on a.id = u.account_id
        left join photo_origins o on o.upload_id = i.first_upload_id
        where i.id = any(%s::bpchar[])
        order by i.id
        """,
        (CONTRIBUTORS_LICENCE, list(image_ids)),
    )
    return [ReleasePhoto(*row) for row in cursor.fetchall()]


def past_splits(cursor: Cursor, request: ReleaseRequest) -> list[Assignment]:
    """In which splits earlier releases of the subset had its images."""
    cursor.execute(
        """
        select s.image_id, coalesce(d.keeper_id, s.image_id) as "group", s.split, r.number
        from split_assignments s
        join release_requests r on r.release_id = s.release_id
        left join duplicates d on d.image_id = s.image_id
        where s.subset_id = %s and r.number < %s
        order by r.number, s.image_id
        """,
        (request.subset_id, request.number),
    )
    return [Assignment(*row) for row in cursor.fetchall()]


def labels(cursor: Cursor, mids: Sequence[str]) -> list[Label]:
    """The labels with these MIDs, in order of MIDs."""
    cursor.execute("select mid, name from labels where mid = any(%s) order by mid", (list(mids),))
    return [Label(row.mid, row.name) for row in cursor.fetchall()]


def remember_splits(
    cursor: Cursor, request: ReleaseRequest, splits: Iterable[tuple[str, str]]
) -> None:
    """Remember which split each (image, split) got, unless an earlier release gave it one."""
    execute_values(
        cursor,
        """
        insert into split_assignments (subset_id, image_id, split, release_id)
        values %s
        on conflict (subset_id, image_id) do nothing
        """,
        [(request.subset_id, image, split, request.release_id) for image, split in splits],
    )


def publish(cursor: Cursor, answer: ReleaseContents, run_id: int) -> None:
    """Publish a release: its one row, never changed again."""
    cursor.execute(
        """
        insert into releases (
            id, label_set_version, files, total_bytes, labels, manifest_sha256, signature,
            public_key, summary, job_run_id
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            *(answer.release_id, answer.label_set_version, answer.files, answer.total_bytes),
            *(len(answer.summary), answer.manifest_sha256, answer.signature),
            *(answer.public_key, json.dumps(answer.summary), run_id),
        ),
    )


def fail(cursor: Cursor, release_id: str, reason: str) -> None:
    """Answer that a release cannot be made, and why."""
    cursor.execute(
        "insert into release_failures (release_id, reason) values (%s, %s)", (release_id, reason)
    )


_WAITING = """
    from release_requests r
    where not exists (select from releases a where a.id = r.release_id)
        and not exists (select from release_failures f where f.release_id = r.release_id)
    """
