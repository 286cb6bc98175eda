"""What an operator watches: how fast uploads come and land, what lies aside, how the jobs are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Rates:
    """Uploads of the last hour and of the last 24."""

    accepted_hour: int
    accepted_day: int
    settled_hour: int
    settled_day: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies in the object store by the catalogue, and how large the catalogue itself is."""

    images: int
    original_bytes: int
    full_bytes: int
    catalogue_bytes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Open requests: proposed labels to decide on, runs to train."""

    proposals: int
    training_runs: int


@dataclass(frozen=True, slots=True)
class DeadLetterEntry:
    """A dead letter that was not replayed."""

    set_aside_at: datetime
    code: str
    reason: str
    upload_id: UUID | None


@dataclass(frozen=True, slots=True)
class JobRunProgress:
    """How far one run of a job is; `total` is None where it does not know."""

    job: str
    state: str
    done: int
    total: int | None
    started_at: datetime
    heartbeat_at: datetime
    error: str | None
    is_silent: bool


def rates(cursor: Cursor) -> Rates:
    """Count what came in and what was settled."""
    cursor.execute(
        "select accepted_hour, accepted_day, settled_hour, settled_day from upload_rates"
    )
    return Rates(*cursor.fetchone())


def stored(cursor: Cursor) -> Stored:
    """Add up the bytes that are stored."""
    cursor.execute(
        """
        select images, original_bytes::bigint, full_bytes::bigint, catalogue_bytes
        from storage_totals
        """
    )
    return Stored(*cursor.fetchone())


def asked(cursor: Cursor) -> Asked:
    """Count undecided label proposals, and training runs that have not ended."""
    cursor.execute(
        """
        select
            (
                select count(*)
                from label_proposals p
                where not exists (select from label_events e where e.proposal_id = p.id)
            ) as proposals,
            (select count(*) from training_entries where finished_at is null) as training_runs
        """
    )
    return Asked(*cursor.fetchone())


def count_set_aside(cursor: Cursor) -> int:
    """How many dead letters were not replayed."""
    cursor.execute("select count(*) as letters from dead_letters where replayed_at is null")
    return int(cursor.fetchone().letters)


def set_aside(cursor: Cursor, limit: int) -> list[DeadLetterEntry]:
    """Those dead letters, the newest first."""
    cursor.execute(
        """
        select set_aside_at, code, reason, upload_id
        from dead_letters
        where replayed_at is null
        order by set_aside_at desc
        limit %s
        """,
        (limit,),
    )
    return [
        DeadLetterEntry(row.set_aside_at, row.code, row.reason, row.upload_id)
        for row in cursor.fetchall()
    ]


def last_runs(cursor: Cursor, silent_seconds: int) -> list[JobRunProgress]:
    """Each job's last run, by name; one that runs is silent if it has not reported for so long."""
    cursor.execute(
        """
        select distinct on (job) job, state, done, total, started_at, heartbeat_at, error,
            state = 'running' and heartbeat_at < now() - make_interval(secs => %s) as is_silent
        from job_runs
        order by job, id desc
        """,
        (silent_seconds,),
    )
    return [JobRunProgress(*row) for row in cursor.fetchall()]
