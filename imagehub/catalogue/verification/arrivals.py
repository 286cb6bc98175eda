"""Uploads in the order in which verification takes them in, and how far a version has come.

An upload is named by the transaction that landed it, and its id. Transactions commit in any order,
so a version remembers only a place before which no transaction was still open. Whether anything
waits is asked every second: by indexes, at any size.
"""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification import review_votes
from imagehub.catalogue.verification.image_checks import Unchecked

FIRST_ID = "00000000-0000-0000-0000-000000000000"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@dataclass(frozen=True, slots=True, order=True)
class ArrivalCursor:
    """A place among all uploads: right behind the upload of this transaction and id."""

    transaction: int
    upload_id: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Uploads that a version has not taken in, oldest first.

    `claims` are (image id, label), each once; `unchecked` are their images that the version has not
    looked at. `end` is the place behind the last of `uploads` uploads, and `safe_end` the last
    place up to which nothing can have been missed.
    """

    uploads: int
    claims: tuple[tuple[str, str], ...]
    unchecked: tuple[Unchecked, ...]
    end: ArrivalCursor
    safe_end: ArrivalCursor


def position(cursor: Cursor, version: int) -> ArrivalCursor:
    """How far the version has come; nowhere, if it has no model yet.

    A catalogue that was restored into another server counts transactions anew: then from the start.
    """
    cursor.execute(
        """
        select case
            when taken_to > pg_snapshot_xmax(pg_current_snapshot())::text::bigint then 0
            else taken_to
        end as taken_to, taken_upload
        from crowd_models
        where version = %s
        """,
        (version,),
    )
    row = cursor.fetchone()
    return ArrivalCursor(row.taken_to, str(row.taken_upload)) if row else ArrivalCursor(0, FIRST_ID)


def after(cursor: Cursor, version: int, start: ArrivalCursor, limit: int) -> Arrivals:
    """At most `limit` uploads behind a place that the version has not taken in."""
    cursor.execute(
        f"""
        select u.landed_in, u.id, u.claimed_label, i.id as image_id,
            encode(i.photo_sha256, 'hex') as digest, i.width, i.height, i.flags,
            c.image_id is not null as is_checked,
            pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_open
        {_WAITING.format("u")}
        join images i on i.id = u.image_id
        left join image_checks c on c.version = %(version)s and c.image_id = i.id
        order by u.landed_in, u.id
        """,
        {**_bounds(version, start), "limit": limit},
    )
    rows = cursor.fetchall()
    if not rows:
        return Arrivals(0, (), (), start, start)
    unchecked = {
        row.image_id: Unchecked(row.image_id, row.digest, row.width, row.height, tuple(row.flags))
        for row in rows
        if not row.is_checked
    }
    end = ArrivalCursor(rows[-1].landed_in, str(rows[-1].id))
    return Arrivals(
        uploads=len(rows),
        claims=tuple(dict.fromkeys((row.image_id, row.claimed_label) for row in rows)),
        unchecked=tuple(unchecked.values()),
        end=end,
        safe_end=min(end, ArrivalCursor(rows[0].oldest_open - 1, LAST_ID)),
    )


def count(cursor: Cursor, version: int) -> int:
    """How many uploads the version has not taken in."""
    cursor.execute(
        f"select count(*) as uploads {_WAITING.format('u')}",
        {**_bounds(version, position(cursor, version)), "limit": None},
    )
    return int(cursor.fetchone().uploads)


def are_waiting(cursor: Cursor, version: int) -> bool:
    """True if there are uploads that the version has not taken in."""
    cursor.execute(
        f"select exists (select {_WAITING.format('u')}) as answer",
        {**_bounds(version, position(cursor, version)), "limit": 1},
    )
    return bool(cursor.fetchone().answer)


_WAITING = """
    from (
        select *
        from uploads w
        where w.state = 'landed'
            and (w.landed_in, w.id) > (%(transaction)s, %(upload)s::uuid)
            and not exists (
                select from crowd_claims k
                where k.version = %(version)s
                    and k.image_id = w.image_id
                    and k.label = w.claimed_label
                    and w.account_id = any(k.accounts)
            )
        order by w.landed_in, w.id
        limit %(limit)s
    ) {}
    """


def _bounds(version: int, start: ArrivalCursor) -> dict[str, object]:
    return {"version": version, "transaction": start.transaction, "upload": start.upload_id}


def waits(cursor: Cursor, second_look_seconds: float) -> bool:
    """True if something waits for the current version, or another version is begun.

    Photos that could not be read wait for another look after `second_look_seconds`.
    """
    cursor.execute("select version from current_version")
    row = cursor.fetchone()
    if row is None:
        cursor.execute("select exists (select from uploads where state = 'landed') as answer")
        return bool(cursor.fetchone().answer)
    values = {"version": row.version, "seconds": second_look_seconds}
    for question in (_FOLLOWING, _STEPS, _UNREADABLE):
        cursor.execute(f"select exists ({question}) as answer", values)
        if cursor.fetchone().answer:
            return True
    return are_waiting(cursor, row.version) or review_votes.are_waiting(cursor)


_FOLLOWING = (
    "select from verification_versions where version > %(version)s and withdrawn_at is null"
)
_STEPS = """
    select from crowd_models m
    where m.version = %(version)s
        and (
            m.rounds_left > 0
            or has_grown(m.photos, m.fitted_photos)
            or exists (
                select from crowd_claims k
                where k.version = m.version and k.next_step is not null
            )
            or exists (
                select from crowd_labels l
                where l.version = m.version and l.judged_fit < m.fit
            )
            or exists (
                select from crowd_labels l
                where l.version = m.version and has_grown(l.photos, l.judged_photos)
            )
        )
    """
_UNREADABLE = """
    select from image_checks
    where version = %(version)s
        and findings @> '[{"code": "unreadable"}]'
        and checked_at < now() - make_interval(secs => %(seconds)s)
    """
