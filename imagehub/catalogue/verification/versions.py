"""Versions of verification: which one counts, which came before it, and which is to follow.

A hub keeps the version before the current one whole, until another follows, and can go back to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification import crowd_models
from imagehub.catalogue.verification.image_checks import Version

DROPPED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version as an operator lists it; of an emptied one only this is left."""

    number: int
    networks: tuple[str, ...]
    projection_kind: str
    created_at: datetime
    is_current: bool
    is_previous: bool
    is_withdrawn: bool
    is_emptied: bool


def current_version(cursor: Cursor) -> Version | None:
    """The version whose verdicts count."""
    cursor.execute("select * from verification_versions where is_current")
    return _version(cursor.fetchone())


def candidate_version(cursor: Cursor) -> Version | None:
    """The newest version that was begun after the current one, does not count yet and may."""
    cursor.execute(
        """
        select *
        from verification_versions
        where withdrawn_at is null
            and version > coalesce((select version from current_version), 0)
        order by version desc
        limit 1
        """
    )
    return _version(cursor.fetchone())


def previous_version(cursor: Cursor) -> Version | None:
    """The version that was current before the current one, if the hub can go back to it."""
    cursor.execute(
        """
        select p.*
        from verification_versions c
        join verification_versions p on p.version = c.previous
        where c.is_current and p.emptied_at is null
        """
    )
    return _version(cursor.fetchone())


def withdrawn_versions(cursor: Cursor) -> list[Version]:
    """Versions that an operator went back from and that are still kept, newest first."""
    cursor.execute(
        """
        select *
        from verification_versions
        where withdrawn_at is not null and emptied_at is null
        order by version desc
        """
    )
    return [version for row in cursor.fetchall() if (version := _version(row))]


def entries(cursor: Cursor) -> list[VersionEntry]:
    """All versions, newest first."""
    cursor.execute(
        """
        select v.*, coalesce(v.version = c.previous, false) as is_previous
        from verification_versions v
        left join verification_versions c on c.is_current
        order by v.version desc
        """
    )
    return [
        VersionEntry(
            number=row.version,
            networks=tuple(network["name"] for _, network in sorted(row.networks.items())),
            projection_kind=row.projection_kind,
            created_at=row.created_at,
            is_current=row.is_current,
            is_previous=row.is_previous and row.emptied_at is None,
            is_withdrawn=row.withdrawn_at is not None,
            is_emptied=row.emptied_at is not None,
        )
        for row in cursor.fetchall()
    ]


def begin_version(cursor: Cursor, draft: Version) -> int:
    """Write down a version that does not count yet; return its number (the draft's is not used)."""
    cursor.execute(
        """
        insert into verification_versions (
            networks, projection, projection_kind, fitted_on, thresholds
        )
        values (%s, %s, %s, %s, %s)
        returning version
        """,
        (
            *(json.dumps(draft.networks), draft.projection, draft.projection_kind),
            *(draft.fitted_on, json.dumps(draft.thresholds)),
        ),
    )
    number = int(cursor.fetchone().version)
    crowd_models.begin(cursor, number)
    return number


def make_current(cursor: Cursor, version: int) -> None:
    """Let this version's verdicts count from the commit on, and no other's.

    The version that counted until now becomes its previous one.
    """
    cursor.execute(
        """
        update verification_versions
        set previous = (select version from current_version)
        where version = %s
        """,
        (version,),
    )
    _count_only(cursor, version)


def roll_back(cursor: Cursor, version: int) -> None:
    """Let the previous version count again, and withdraw the one that counts now."""
    cursor.execute(
        "update verification_versions set withdrawn_at = now() where is_current and version <> %s",
        (version,),
    )
    _count_only(cursor, version)


def roll_forward(cursor: Cursor, version: int) -> None:
    """Let a withdrawn version count again; the current one is its previous one."""
    cursor.execute(
        "update verification_versions set withdrawn_at = null where version = %s", (version,)
    )
    make_current(cursor, version)


def abandon_version(cursor: Cursor, version: int) -> None:
    """Forget a version that never counted, with all that it saw."""
    cursor.execute("delete from verdicts where version = %s", (version,))
    cursor.execute("delete from image_checks where version = %s", (version,))
    cursor.execute("delete from verification_versions where version = %s", (version,))


def outdated(cursor: Cursor) -> list[int]:
    """Versions before the current one that it does not go back to, unless they are emptied."""
    cursor.execute(
        """
        select v.version
        from verification_versions v
        join verification_versions c on c.is_current and v.version < c.version
        where v.emptied_at is null and v.version is distinct from c.previous
        order by v.version
        """
    )
    return [row.version for row in cursor.fetchall()]


def empty_some(cursor: Cursor, versions: Sequence[int]) -> int:
    """Delete some of what these versions saw and said, so that searches need not wade through it.

    Returns how many rows went; call again until it is 0.
    """
    gone = 0
    for table in ("image_checks", "verdicts", "crowd_claims"):
        cursor.execute(
            f"""
            delete from {table}
            where ctid = any(array(select ctid from {table} where version = any(%s) limit %s))
            """,  # noqa: S608 (the tables named here)
            (list(versions), DROPPED_AT_ONCE),
        )
        gone += int(cursor.rowcount)
    return gone


def mark_emptied(cursor: Cursor, versions: Sequence[int]) -> None:
    """Drop the model rows of emptied versions; the versions' own rows stay as history."""
    cursor.execute("delete from crowd_labels where version = any(%s)", (list(versions),))
    cursor.execute("delete from crowd_senders where version = any(%s)", (list(versions),))
    cursor.execute("delete from contributor_records where version = any(%s)", (list(versions),))
    cursor.execute("delete from crowd_models where version = any(%s)", (list(versions),))
    cursor.execute(
        "update verification_versions set emptied_at = now() where version = any(%s)",
        (list(versions),),
    )


def _count_only(cursor: Cursor, version: int) -> None:
    cursor.execute("update verification_versions set is_current = false where is_current")
    cursor.execute(
        "update verification_versions set is_current = true where version = %s", (version,)
    )


def _version(row: Any) -> Version | None:
    if row is None:
        return None
    return Version(
        number=row.version,
        networks=row.networks,
        projection=bytes(row.projection),
        projection_kind=row.projection_kind,
        fitted_on=row.fitted_on,
        thresholds=row.thresholds,
        is_current=row.is_current,
    )
