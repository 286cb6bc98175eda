"""Runs of Spark jobs: who runs, how far it is, and which run may publish."""

from __future__ import annotations

import json
from collections.abc import Mapping

from imagehub.catalogue.database import Cursor


def next_epoch(cursor: Cursor, job: str) -> int:
    """Take the job's next epoch: from the commit on, runs of earlier epochs cannot publish."""
    cursor.execute(
        """
        insert into job_epochs (job, epoch)
        values (%s, 1)
        on conflict (job) do update
        set epoch = job_epochs.epoch + 1
        returning epoch
        """,
        (job,),
    )
    return int(cursor.fetchone().epoch)


def hold_epoch(cursor: Cursor, job: str) -> int:
    """Return the job's newest epoch and keep it from growing until the transaction ends."""
    cursor.execute("select epoch from job_epochs where job = %s for share", (job,))
    return int(cursor.fetchone().epoch)


def start(cursor: Cursor, job: str, epoch: int) -> int:
    """Write down a run that begins now; return its id."""
    cursor.execute("insert into job_runs (job, epoch) values (%s, %s) returning id", (job, epoch))
    return int(cursor.fetchone().id)


def abandon_earlier(cursor: Cursor, job: str, epoch: int) -> None:
    """Mark the runs that a newer one replaces, and that never said how they ended, as failed."""
    cursor.execute(
        """
        update job_runs
        set state = 'failed', finished_at = now(),
            error = 'It stopped without a word; a newer run took its place.'
        where job = %s and epoch < %s and state = 'running'
        """,
        (job, epoch),
    )


def report(cursor: Cursor, run_id: int, done: int, total: int | None) -> None:
    """Say how far a run is; this is also its sign of life."""
    cursor.execute(
        """
        update job_runs
        set done = %s, total = %s, heartbeat_at = now()
        where id = %s and state = 'running'
        """,
        (done, total, run_id),
    )


def finish(
    cursor: Cursor, run_id: int, counts: Mapping[str, int], error: str | None = None
) -> None:
    """Close a run: done, or failed with the reason. A closed run stays as it is."""
    cursor.execute(
        """
        update job_runs
        set state = %s, counts = %s, error = %s, heartbeat_at = now(), finished_at = now()
        where id = %s and state = 'running'
        """,
        ("failed" if error else "done", json.dumps(dict(counts)), error, run_id),
    )


def finished_since_began(cursor: Cursor, earlier: str, later: str) -> bool:
    """True if the one job has finished a run after the other's last complete run began."""
    cursor.execute(
        """
        select exists (
            select from job_runs e
            where e.job = %s
                and e.state = 'done'
                and e.finished_at > coalesce((
                    select max(l.started_at)
                    from job_runs l
                    where l.job = %s and l.state = 'done'
                ), '-infinity')
        ) as answer
        """,
        (earlier, later),
    )
    return bool(cursor.fetchone().answer)


def left_over(cursor: Cursor, job: str) -> bool:
    """True if the job's last complete run said by its count `waiting` that it left some work."""
    cursor.execute(
        """
        select coalesce((counts->>'waiting')::bigint, 0) > 0 as answer
        from job_runs
        where job = %s and state = 'done'
        order by id desc
        limit 1
        """,
        (job,),
    )
    row = cursor.fetchone()
    return bool(row and row.answer)
