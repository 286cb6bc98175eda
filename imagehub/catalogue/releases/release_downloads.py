"""Who took releases home while signed in."""

from __future__ import annotations

from uuid import UUID

from imagehub.catalogue.database import Cursor


def note(cursor: Cursor, release_id: str, account_id: UUID) -> None:
    """Remember that an account downloads a release."""
    cursor.execute(
        """
        insert into release_downloads (release_id, account_id)
        values (%s, %s)
        on conflict (release_id, account_id) do update
        set last_at = now()
        """,
        (release_id, account_id),
    )


def accounts(cursor: Cursor, release_id: str) -> list[UUID]:
    """The accounts that downloaded a release."""
    cursor.execute(
        "select account_id from release_downloads where release_id = %s order by first_at",
        (release_id,),
    )
    return [row.account_id for row in cursor.fetchall()]
