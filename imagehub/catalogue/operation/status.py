"""What the whole hub holds, in numbers, and what it has published, read from counters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imagehub.answers.operation import Status, Verification
from imagehub.catalogue.database import Cursor


def ping(cursor: Cursor) -> None:
    """Ask the catalogue for a sign of life."""
    cursor.execute("select 1")


def count(cursor: Cursor) -> Status:
    """Count everything, in one statement and so at one moment."""
    cursor.execute(
        """
        with outcomes as (
            select outcome, images as total
            from verdict_counts
            where version = (select version from current_version) and label = ''
        ), uploaded as materialized (
            select * from upload_totals
        ), landing as (
            select coalesce(max(total) filter (where name = 'landed'), 0) as landed,
                   coalesce(max(total) filter (where name = 'refused'), 0) as refused,
                   coalesce(max(total) filter (where name = 'images'), 0) as images,
                   coalesce(max(total) filter (where name = 'exact_duplicates'), 0)
                       as exact_duplicates
            from landing_counts
        )
        select uploaded.accepted, landing.landed, landing.refused, uploaded.refused_at_the_door,
               landing.images, landing.exact_duplicates,
               (
                   select coalesce(sum(total), 0)::bigint from row_counts where name = 'duplicates'
               ) as near_duplicates,
               coalesce((select total from outcomes where outcome = 'verified'), 0) as verified,
               coalesce((select total from outcomes where outcome = 'needs_review'), 0)
                   as needs_review,
               coalesce((select total from outcomes where outcome = 'rejected'), 0) as rejected,
               (select count(*) from label_set_counts where images > 0) as label_sets,
               (
                   select coalesce(sum(total), 0)::bigint from row_counts where name = 'clusters'
               ) as clusters,
               (select max(version) from label_set_versions) as label_set_version,
               greatest(
                   0, uploaded.accepted - landing.landed - landing.refused - uploaded.set_aside
               ) as waiting_to_land,
               greatest(
                   0,
                   (select coalesce(sum(images), 0) from claim_counts)
                   - (select coalesce(sum(total), 0) from outcomes)
               )::bigint as waiting_for_verdict,
               uploaded.set_aside
        from uploaded, landing
        """
    )
    return Status(**cursor.fetchone()._asdict())


def current_verification(cursor: Cursor) -> Verification | None:
    """Which version of verification counts now; None before the first."""
    cursor.execute("select version, networks, current_since from current_version")
    row = cursor.fetchone()
    return row and Verification(
        version=row.version,
        networks=tuple(network["name"] for network in row.networks.values()),
        current_since=row.current_since,
    )


@dataclass(frozen=True, slots=True)
class Published:
    """Uploads that left the log, distinct images, and the newest version of the label sets.

    `verified` counts images in label sets; `version` and `published_at` are None before the first.
    """

    settled: int
    refused: int
    images: int
    verified: int
    label_sets: int
    version: int | None
    published_at: datetime | None


def published(cursor: Cursor) -> Published:
    """The counters at one moment."""
    cursor.execute(
        """
        select c.settled, c.refused, c.images,
            coalesce(v.images, 0) as verified, coalesce(v.label_sets, 0) as label_sets,
            v.version, v.published_at
        from (
            select coalesce(sum(total) filter (where name in ('landed', 'refused')), 0)::bigint
                    as settled,
                coalesce(sum(total) filter (where name = 'refused'), 0)::bigint as refused,
                coalesce(sum(total) filter (where name = 'images'), 0)::bigint as images
            from landing_counts
        ) c
        left join (select * from label_set_versions order by version desc limit 1) v on true
        """
    )
    row = cursor.fetchone()
    return Published(**row._asdict())
