"""What the job `withdraw` reads and writes: uploads and images that go, and their tombstones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg2 import sql

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads.tombstones import CODES


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An upload whose contributor took it back; the digest in hex."""

    upload_id: UUID
    photo_sha256: str


@dataclass(frozen=True, slots=True)
class Takedown:
    """A photo that was decided to go, and the kind of reason."""

    photo_sha256: str
    reason: str


_WITHDRAWALS = """
    from withdrawals w
    where w.waits
        and (
            exists (select from uploads u where u.id = w.upload_id)
            or (
                exists (select from dead_letters d where d.upload_id = w.upload_id)
                and not exists (select from withdrawal_answers a where a.upload_id = w.upload_id)
            )
        )
    """
_TAKEDOWNS = """
    from photo_decisions d
    where d.outcome = 'take_down'
        and not exists (
            select from tombstones t
            where t.photo_sha256 = d.photo_sha256 and t.kind = 'taken_down'
        )
    """
_CAME_AGAIN = """
    from tombstones t
    where t.swept_at is not null
        and t.came_again
        and exists (
            select from uploads u
            where u.photo_sha256 = t.photo_sha256
                and u.settled_at >= t.swept_at
                and u.code = any(%(codes)s)
        )
    """


def any_waiting(cursor: Cursor) -> bool:
    """True if a withdrawal, a takedown or a tombstone waits for the job."""
    cursor.execute(
        f"""
        select exists (select {_WITHDRAWALS})
            or exists (select {_TAKEDOWNS})
            or exists (select from tombstones where swept_at is null)
            or exists (select {_CAME_AGAIN}) as answer
        """,  # noqa: S608 (the fragments above)
        {"codes": list(CODES)},
    )
    return bool(cursor.fetchone().answer)


def withdrawals(cursor: Cursor) -> list[Withdrawal]:
    """Withdrawn uploads that ingestion has settled or set aside, the oldest wish first."""
    cursor.execute(
        f"""
        select w.upload_id, encode(w.photo_sha256, 'hex') as photo
        {_WITHDRAWALS}
        order by w.asked_at, w.upload_id
        """
    )
    return [Withdrawal(row.upload_id, row.photo) for row in cursor.fetchall()]


def takedowns(cursor: Cursor) -> list[Takedown]:
    """Photos that were decided to go and have no tombstone of that kind yet."""
    cursor.execute(
        f"select encode(d.photo_sha256, 'hex') as photo, d.kind {_TAKEDOWNS} order by d.id"
    )
    return [Takedown(row.photo, row.kind) for row in cursor.fetchall()]


def came_again(cursor: Cursor) -> list[str]:
    """Photos that were swept, came again and were refused: they may have left bytes."""
    cursor.execute(
        f"select encode(t.photo_sha256, 'hex') as photo {_CAME_AGAIN} order by 1",
        {"codes": list(CODES)},
    )
    return [row.photo for row in cursor.fetchall()]


def hold_image(cursor: Cursor, photo_sha256: str) -> str | None:
    """The id of the image of these bytes, which no release can be published with until commit."""
    cursor.execute(
        "select id from images where photo_sha256 = %s for update", (bytes.fromhex(photo_sha256),)
    )
    row = cursor.fetchone()
    return row.id if row else None


def hold_images(cursor: Cursor, image_ids: Collection[str]) -> bool:
    """Keep these images from being removed until the transaction ends; False if one is gone."""
    cursor.execute(
        "select from images where id = any(%s::bpchar[]) for key share", (list(image_ids),)
    )
    return bool(cursor.rowcount == len(set(image_ids)))


def remove_upload(cursor: Cursor, upload_id: UUID) -> None:
    """Delete an upload's row, if it is there, and answer its withdrawal, if there is one."""
    cursor.execute("delete from photo_origins where upload_id = %s", (upload_id,))
    cursor.execute("delete from uploads where id = %s returning state", (upload_id,))
    if row := cursor.fetchone():
        _count(
            cursor,
            landed=row.state == "landed",
            refused=row.state == "refused",
            exact_duplicates=row.state == "landed",
        )
    cursor.execute(
        """
        insert into withdrawal_answers (upload_id)
        select upload_id
        from withdrawals
        where upload_id = %s
        on conflict do nothing
        """,
        (upload_id,),
    )
    cursor.execute("select from withdrawals where upload_id = %s for update", (upload_id,))
    cursor.execute(  # asked once it is held: ingestion may have met the message again meanwhile
        """
        update withdrawals
        set waits = false
        where upload_id = %(id)s and not exists (select from uploads where id = %(id)s)
        """,
        {"id": upload_id},
    )


def uploads_of(cursor: Cursor, image_id: str) -> list[UUID]:
    """The uploads that lead to an image now, first one first."""
    cursor.execute(
        "select id from uploads where image_id = %s order by settled_at, id", (image_id,)
    )
    return [row.id for row in cursor.fetchall()]


def claimed_labels(cursor: Cursor, image_id: str) -> set[str]:
    """The labels that uploads claim of an image now."""
    cursor.execute("select distinct claimed_label from uploads where image_id = %s", (image_id,))
    return {row.claimed_label for row in cursor.fetchall()}


def judged_labels(cursor: Cursor, image_id: str) -> set[str]:
    """The labels that any version of verification has said something of for an image."""
    cursor.execute(
        """
        select label
        from verdicts
        where image_id = %(image)s
        union
        select label
        from crowd_claims
        where image_id = %(image)s
        """,
        {"image": image_id},
    )
    return {row.label for row in cursor.fetchall()}


def set_first_upload(cursor: Cursor, image_id: str, upload_id: UUID) -> None:
    """Credit an image to another upload than the one that is gone."""
    cursor.execute(
        """
        with credited as (
            update images
            set first_upload_id = %(upload)s
            where id = %(image)s and first_upload_id <> %(upload)s
            returning id
        )
        insert into unorganised (image_id, is_due) -- its licence may be another now
        select id, true
        from credited
        """,
        {"upload": upload_id, "image": image_id},
    )


def forget_verdicts(cursor: Cursor, image_id: str, labels: Sequence[str]) -> None:
    """Delete the verdicts on an image for labels that have no claim any more."""
    values = (image_id, list(labels))
    cursor.execute("delete from verdicts where image_id = %s and label = any(%s)", values)
    cursor.execute("delete from crowd_claims where image_id = %s and label = any(%s)", values)


def leave_groups(cursor: Cursor, image_id: str) -> None:
    """Take an image out of its clusters and its duplicate group.

    Images that hung on it are compared again by the job `cluster`.
    """
    cursor.execute(
        "delete from cluster_members where image_id = %s returning cluster_id", (image_id,)
    )
    left = [row.cluster_id for row in cursor]
    cursor.execute(
        """
        update clusters c
        set size = n.size, medoid_id = n.nearest
        from (
            select m.cluster_id, count(*) as size,
                (array_agg(m.image_id order by m.distance, m.image_id))[1] as nearest
            from cluster_members m
            where m.cluster_id = any(%s)
            group by m.cluster_id
        ) n
        where n.cluster_id = c.id
        """,
        (left,),
    )
    cursor.execute("delete from clusters where medoid_id = %s", (image_id,))
    cursor.execute(
        """
        with freed as (
            delete from duplicates
            where image_id = %(image)s or keeper_id = %(image)s
            returning image_id
        )
        delete from compared_images
        where image_id in (select image_id from freed)
        """,
        {"image": image_id},
    )


def delete_image(cursor: Cursor, image_id: str) -> None:
    """Delete an image's row and every row of any table that refers to it."""
    cursor.execute(
        """
        select c.conrelid::regclass::text as name, a.attname as part
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'images'::regclass
        order by 1, 2
        """
    )
    for row in cursor.fetchall():
        cursor.execute(
            sql.SQL("delete from {} where {} = %s").format(
                sql.Identifier(row.name), sql.Identifier(row.part)
            ),
            (image_id,),
        )
    cursor.execute("delete from unorganised where image_id = %s", (image_id,))
    cursor.execute("delete from images where id = %s", (image_id,))
    if cursor.rowcount:  # the upload that goes with it was no duplicate after all
        _count(cursor, images=1, exact_duplicates=-1)


def _count(cursor: Cursor, **fewer: int) -> None:
    """Lower the named landing counts, locked in the order in which landings lock them."""
    for name, by in sorted(fewer.items()):
        if by:
            cursor.execute(
                "update landing_counts set total = total - %s where name = %s", (int(by), name)
            )
