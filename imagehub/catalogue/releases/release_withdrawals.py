"""Files of releases whose photo was withdrawn or taken down, and their signed lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.release_documents import Signed
from imagehub.withdrawal_list import WithdrawnFile


def withdrawn_of(cursor: Cursor, release_id: str) -> list[WithdrawnFile]:
    """The files of a release whose photo is gone, in the order of paths."""
    cursor.execute(
        """
        select release_id, image_id, path, encode(file_sha256, 'hex') as file_sha256, kind,
            withdrawn_at
        from release_withdrawals
        where release_id = %s
        order by path
        """,
        (release_id,),
    )
    return [WithdrawnFile(*row) for row in cursor.fetchall()]


def counts(cursor: Cursor, release_ids: Sequence[str]) -> dict[str, int]:
    """How many files of each release are withdrawn; releases without any are left out."""
    cursor.execute(
        """
        select release_id, count(*) as files
        from release_withdrawals
        where release_id = any(%s)
        group by release_id
        """,
        (list(release_ids),),
    )
    return {row.release_id: row.files for row in cursor.fetchall()}


def concealed(cursor: Cursor) -> frozenset[str]:
    """Ids of all images that no request may see now: their removal or a decision is on its way."""
    cursor.execute("select image_id from concealed_images")
    return frozenset(row.image_id for row in cursor.fetchall())


def signed_list(cursor: Cursor, release_id: str) -> Signed | None:
    """The signed list of a release; None while nothing of it was withdrawn."""
    cursor.execute(
        "select list, signature, public_key from release_withdrawal_lists where release_id = %s",
        (release_id,),
    )
    row = cursor.fetchone()
    return row and Signed(bytes(row.list), bytes(row.signature), bytes(row.public_key))


def releases_that_may_hold(cursor: Cursor, image_id: str) -> list[str]:
    """The finished releases of all subsets of which one had the image."""
    cursor.execute(
        """
        select r.id
        from split_assignments s
        join release_requests q on q.subset_id = s.subset_id
        join releases r on r.id = q.release_id
        where s.image_id = %s
        order by r.published_at
        """,
        (image_id,),
    )
    return [row.id for row in cursor.fetchall()]


def add(cursor: Cursor, files: Iterable[WithdrawnFile]) -> None:
    """Note withdrawn files."""
    execute_values(
        cursor,
        """
        insert into release_withdrawals (
            release_id, image_id, path, file_sha256, kind, withdrawn_at
        )
        values %s
        on conflict do nothing
        """,
        [
            (
                *(file.release_id, file.image_id, file.path, bytes.fromhex(file.file_sha256)),
                *(file.kind, file.withdrawn_at),
            )
            for file in files
        ],
    )


def releases_of(cursor: Cursor, image_id: str) -> list[str]:
    """The releases that a withdrawn image is noted for."""
    cursor.execute(
        "select release_id from release_withdrawals where image_id = %s order by 1", (image_id,)
    )
    return [row.release_id for row in cursor.fetchall()]


def write_list(cursor: Cursor, release_id: str, signed: Signed) -> None:
    """Publish a release's list in place of the one before."""
    cursor.execute(
        """
        insert into release_withdrawal_lists as l (release_id, list, signature, public_key)
        values (%s, %s, %s, %s)
        on conflict (release_id) do update
        set list = excluded.list, signature = excluded.signature, public_key = excluded.public_key,
            made_at = now()
        where l.list <> excluded.list
        """,
        (release_id, signed.data, signed.signature, signed.public_key),
    )
