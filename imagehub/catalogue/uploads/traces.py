"""Where the catalogue still speaks of a photo: looked up in whatever tables there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg2 import sql

from imagehub.catalogue.database import Cursor

RECORDS = frozenset(
    {"tombstones", "withdrawals", "photo_decisions", "photo_reports", "release_withdrawals"}
)
"""What stays so that the photo stays away: digests and reasons, nothing that shows it."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """When a photo was purged and why; `swept_at` is None while bytes may be left."""

    photo_sha256: str
    image_id: str
    kind: str
    reason: str | None
    buried_at: datetime
    swept_at: datetime | None


def digests(cursor: Cursor, image_or_digest: str) -> list[str]:
    """The photos (digests in hex) that an image's id or a digest may mean."""
    cursor.execute(
        """
        select encode(photo_sha256, 'hex') as photo
        from images
        where id = %(id)s
        union
        select encode(photo_sha256, 'hex')
        from tombstones
        where image_id = %(id)s
        union
        select encode(photo_sha256, 'hex')
        from withdrawals
        where image_id = %(id)s
        """,
        {"id": image_or_digest},
    )
    return sorted(row.photo for row in cursor.fetchall())


def tombstone(cursor: Cursor, photo_sha256: str) -> Tombstone | None:
    """The photo's tombstone, if it has one."""
    cursor.execute(
        """
        select encode(photo_sha256, 'hex') as photo, image_id, kind, reason, buried_at, swept_at
        from tombstones
        where photo_sha256 = %s
        """,
        (bytes.fromhex(photo_sha256),),
    )
    row = cursor.fetchone()
    return Tombstone(*row) if row else None


def rows_with_image(cursor: Cursor, image_id: str) -> dict[str, int]:
    """How many rows name the image, by `table.column`, but for the records of its removal."""
    cursor.execute(
        """
        select c.table_name as name, c.column_name as part
        from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public'
            and t.table_type = 'BASE TABLE'
            and c.data_type = 'character'
            and c.character_maximum_length = 16
        order by 1, 2
        """
    )
    found = {}
    for row in cursor.fetchall():
        if row.name in RECORDS:
            continue
        cursor.execute(
            sql.SQL("select count(*) as rows from {} where {} = %s").format(
                sql.Identifier(row.name), sql.Identifier(row.part)
            ),
            (image_id,),
        )
        if count := int(cursor.fetchone().rows):
            found[f"{row.name}.{row.part}"] = count
    return found


def releases(cursor: Cursor) -> list[str]:
    """All finished releases."""
    cursor.execute("select id from releases order by published_at, id")
    return [row.id for row in cursor.fetchall()]
