"""What pages read of a duplicate group: who hangs on whom, how far apart, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.images.image_lists import Tile
from imagehub.vocabulary import Label

MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An image that hangs on its keeper; `distance` is 0 for equal pixels."""

    image_id: str
    keeper_id: str
    distance: float
    reason: str


@dataclass(frozen=True, slots=True)
class KnownTile:
    """Any image as a tile, and whether it is public or the requester sent it."""

    tile: Tile
    is_public: bool
    is_own: bool


def members(cursor: Cursor, image_id: str) -> list[GroupMember]:
    """The members of the image's group, nearest to their keeper first; empty without a group."""
    cursor.execute(
        """
        select d.image_id, d.keeper_id, d.distance, d.reason
        from duplicates d
        where d.keeper_id = coalesce(
            (select o.keeper_id from duplicates o where o.image_id = %(image)s), %(image)s
        )
        order by d.image_id <> %(image)s, d.distance, d.image_id
        limit %(limit)s
        """,
        {"image": image_id, "limit": MOST_MEMBERS},
    )
    return [GroupMember(*row) for row in cursor.fetchall()]


def tiles(
    cursor: Cursor, image_ids: Sequence[str], account_id: UUID | None
) -> dict[str, KnownTile]:
    """The images by id, under a label of a set they are in, else one they were sent as."""
    cursor.execute(
        """
        select i.id as image_id, i.full_width, i.full_height, l.mid, l.name,
            m.claimed_label is not null as is_public,
            exists (
                select from uploads o
                where o.image_id = i.id and o.account_id = %(account)s::uuid
            ) as is_own
        from unnest(%(ids)s::bpchar[]) asked (id)
        join images i on i.id = asked.id
        left join lateral (
            select claimed_label
            from current_members s
            where s.image_id = i.id
            order by claimed_label
            limit 1
        ) m on true
        left join lateral (
            select label
            from claims c
            where c.image_id = i.id
            order by label
            limit 1
        ) c on true
        join labels l on l.mid = coalesce(m.claimed_label, c.label)
        """,
        {"ids": list(image_ids), "account": account_id},
    )
    return {
        row.image_id: KnownTile(
            Tile(row.image_id, row.full_width, row.full_height, Label(row.mid, row.name)),
            row.is_public,
            row.is_own,
        )
        for row in cursor.fetchall()
    }
