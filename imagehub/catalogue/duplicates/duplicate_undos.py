"""What people say against a duplicate: "these two are different photos", and its taking back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor

Pair = tuple[str, str]
"""Two image ids, the smaller one first."""


def pair(image_a: str, image_b: str) -> Pair:
    """The two ids in the order in which pairs are kept."""
    return (image_a, image_b) if image_a < image_b else (image_b, image_a)


def undo(cursor: Cursor, image_a: str, image_b: str, account_id: UUID) -> None:
    """Write down that the two show different photos; saying it again changes nothing.

    The two ids, in either order, are of images that are there and differ. The job `cluster` parts
    them in its next run, and no later run or version joins them.
    """
    cursor.execute(
        """
        insert into duplicate_undos (image_a, image_b, account_id)
        values (%s, %s, %s)
        on conflict (image_a, image_b) do nothing
        """,
        (*pair(image_a, image_b), account_id),
    )


def lift(cursor: Cursor, image_a: str, image_b: str) -> None:
    """Remove an undo: pixels decide again. Does nothing if there is none."""
    cursor.execute(
        "delete from duplicate_undos where image_a = %s and image_b = %s", pair(image_a, image_b)
    )


def undone(cursor: Cursor, image_ids: Sequence[str]) -> set[Pair]:
    """The pairs with one of these images, or two, that a person has parted."""
    cursor.execute(
        """
        select image_a, image_b
        from duplicate_undos
        where image_a = any(%(ids)s::bpchar[]) or image_b = any(%(ids)s::bpchar[])
        """,
        {"ids": list(image_ids)},
    )
    return {(row.image_a, row.image_b) for row in cursor.fetchall()}


def unheeded(cursor: Cursor) -> set[Pair]:
    """The pairs of which people have spoken since groups were last made: parted or taken back."""
    cursor.execute(
        """
        (select image_a, image_b from duplicate_undos except table heeded_undos)
        union all (table heeded_undos except select image_a, image_b from duplicate_undos)
        """
    )
    return {(row.image_a, row.image_b) for row in cursor.fetchall()}


def heed(cursor: Cursor, parted: set[Pair], taken_back: set[Pair]) -> None:
    """Remember that the groups written in this transaction hold to what people say of these."""
    cursor.execute(
        """
        delete from heeded_undos
        where (image_a, image_b) in (select * from unnest(%s::bpchar[], %s::bpchar[]))
        """,
        ([first for first, _ in taken_back], [second for _, second in taken_back]),
    )
    execute_values(
        cursor,
        "insert into heeded_undos (image_a, image_b) values %s on conflict do nothing",
        sorted(parted),
    )
