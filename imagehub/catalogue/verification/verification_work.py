"""Whether verification has something to do, asked every second: by indexes, at any size."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification import arrivals, review_votes


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
    return arrivals.are_waiting(cursor, row.version) or review_votes.are_waiting(cursor)


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
                where l.version = m.version
                    and (l.judged_fit < m.fit or has_grown(l.photos, l.judged_photos))
            )
        )
    """
_UNREADABLE = """
    select from image_checks
    where version = %(version)s
        and findings @> '[{"code": "unreadable"}]'
        and checked_at < now() - make_interval(secs => %(seconds)s)
    """
