"""Embeddings of images with what a search or a plot wants to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imagehub.catalogue.database import Cursor
from imagehub.subsets import CONTRIBUTORS_LICENCE


@dataclass(frozen=True, slots=True)
class ImageVector:
    """An image's embedding (as `halfvec_send` gives it) and its metadata.

    `labels` are those that it is published as; a licence of None is unknown; images of one
    `duplicate_group` show the same photo.
    """

    id: str
    embedding: bytes
    labels: tuple[str, ...]
    licence: str | None
    contributor: str
    duplicate_group: str
    sha256: str
    format: str
    width: int
    height: int
    landed_at: datetime


def page(
    cursor: Cursor, version: int, after: str, limit: int, hidden_too: bool
) -> list[ImageVector]:
    """Embeddings of one version in the order of the images' ids, from behind `after` on.

    Without `hidden_too` only those of public images.
    """
    cursor.execute(
        """
        select c.image_id, halfvec_send(c.embedding) as embedding,
            array(
                select m.claimed_label
                from current_members m
                where m.image_id = c.image_id and m.label = m.claimed_label
                order by m.claimed_label
            ) as labels,
            case when o.upload_id is null then %(licence)s else o.licence end as licence,
            coalesce(nullif(o.author, ''), a.name, '') as contributor,
            coalesce(d.keeper_id, c.image_id) as duplicate_group,
            encode(i.photo_sha256, 'hex') as sha256, i.format, i.width, i.height, i.landed_at
        from image_checks c
        join images i on i.id = c.image_id
        left join uploads u on u.id = i.first_upload_id
        left join accounts a on a.id = u.account_id
        left join photo_origins o on o.upload_id = i.first_upload_id
        left join duplicates d on d.image_id = c.image_id
        where c.version = %(version)s
            and c.image_id > %(after)s
            and c.embedding is not null
            and (
                %(hidden_too)s
                or exists (select from current_members m where m.image_id = c.image_id)
                    and not exists (select from concealed_images x where x.image_id = c.image_id)
            )
        order by c.image_id
        limit %(limit)s
        """,
        {
            "version": version,
            "after": after,
            "limit": limit,
            "hidden_too": hidden_too,
            "licence": CONTRIBUTORS_LICENCE,
        },
    )
    return [_vector(row) for row in cursor.fetchall()]


def _vector(row: Any) -> ImageVector:
    return ImageVector(
        id=row.image_id,
        embedding=bytes(row.embedding),
        labels=tuple(row.labels),
        licence=row.licence,
        contributor=row.contributor,
        duplicate_group=row.duplicate_group,
        sha256=row.sha256,
        format=row.format,
        width=row.width,
        height=row.height,
        landed_at=row.landed_at,
    )
