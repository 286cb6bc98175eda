"""Where imported photos come from: whom to thank, and under which licence they may be passed on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class PhotoOrigin:
    """What is known of an imported photo; a licence of None is unknown."""

    upload_id: UUID
    licence: str | None
    licence_words: str
    author: str
    title: str
    source_url: str


def keep(cursor: Cursor, origins: Iterable[PhotoOrigin]) -> None:
    """Keep origins; what an operator has said of an upload's licence stays."""
    execute_values(
        cursor,
        """
        insert into photo_origins (
            upload_id, licence, licence_words, author, title, source_url
        )
        values %s
        on conflict (upload_id) do nothing
        """,
        [
            (
                *(origin.upload_id, origin.licence, origin.licence_words),
                *(origin.author, origin.title, origin.source_url),
            )
            for origin in origins
        ],
    )


def find(cursor: Cursor, upload_id: UUID) -> PhotoOrigin | None:
    """The origin of an upload's photo, if it was imported."""
    cursor.execute(
        """
        select upload_id, licence, licence_words, author, title, source_url
        from photo_origins
        where upload_id = %s
        """,
        (upload_id,),
    )
    row = cursor.fetchone()
    return PhotoOrigin(*row) if row else None


def forget(cursor: Cursor, upload_id: UUID) -> None:
    """Forget where a photo came from that is gone, or did not come."""
    cursor.execute("delete from photo_origins where upload_id = %s", (upload_id,))


def set_licence(cursor: Cursor, import_name: str, licence: str, limit: int) -> int:
    """Say under which licence some of an import's photos are that have none; return how many."""
    cursor.execute(
        """
        update photo_origins o
        set licence = %(licence)s
        from (
            select p.upload_id
            from import_rows r
            join photo_origins p on p.upload_id = r.upload_id
            where r.import_name = %(name)s and p.licence is null
            limit %(limit)s
        ) unknown
        where o.upload_id = unknown.upload_id
        """,
        {"licence": licence, "name": import_name, "limit": limit},
    )
    return int(cursor.rowcount)


def count_unlicensed(cursor: Cursor, import_name: str) -> int:
    """How many photos of an import are kept apart, their licence being unknown."""
    cursor.execute(
        """
        select count(*) as photos
        from import_rows r
        join photo_origins o on o.upload_id = r.upload_id
        where r.import_name = %s and o.licence is null and r.outcome in ('landed', 'waiting')
        """,
        (import_name,),
    )
    return int(cursor.fetchone().photos)
