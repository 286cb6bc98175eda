"""Training runs as the trainer writes them: the queue, signs of life, progress and the end."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagehub.catalogue.database import Cursor

LOCK = 0x1_7A1_4E5
"""Advisory lock under which a run is taken, so that two trainers never take two at once."""


@dataclass(frozen=True, slots=True)
class RunState:
    """A run as it stands; `config` as imagehub.training_config reads it.

    `excused` of its attempts so far ended through no fault of the run.
    """

    id: str
    release_id: str
    manifest_sha256: bytes
    config: Mapping[str, Any]
    state: str
    attempt: int
    epochs_done: int
    reason: str | None
    excused: int


_RUN = """
    select r.id::text, r.release_id, r.manifest_sha256, r.config, r.state, r.attempt, r.epochs_done,
        r.reason, r.excused
    from training_runs r
    """
_USE = """
    left join training_requests q on q.id = r.request_id
    left join lateral (
        select sum(coalesce(o.finished_at, now()) - o.started_at) as used
        from training_runs o
        join training_requests p on p.id = o.request_id
        where p.account_id = q.account_id and o.started_at > now() - interval '1 day'
    ) u on true
"""


def find(cursor: Cursor, run_id: str) -> RunState | None:
    """The run with this id."""
    cursor.execute(f"{_RUN} where r.id::text = %s", (run_id,))
    row = cursor.fetchone()
    return _run(row) if row else None


def queue(cursor: Cursor, release_id: str, config: Mapping[str, Any]) -> str | None:
    """Queue a run that an operator asks for; None if no such release is ready."""
    cursor.execute(
        """
        insert into training_runs (release_id, manifest_sha256, config)
        select id, manifest_sha256, %s
        from releases
        where id = %s
        returning id::text
        """,
        (json.dumps(dict(config)), release_id),
    )
    row = cursor.fetchone()
    return str(row.id) if row else None


def queue_requests(cursor: Cursor) -> int:
    """Give every request that has no run yet one, of the same id; returns how many were queued."""
    cursor.execute(
        """
        insert into training_runs (id, request_id, release_id, manifest_sha256, config, queued_at)
        select q.id, q.id, q.release_id, l.manifest_sha256, q.config, q.asked_at
        from training_requests q
        join releases l on l.id = q.release_id
        where not exists (select from training_runs r where r.request_id = q.id)
        on conflict (request_id) do nothing
        """
    )
    return int(cursor.rowcount)


def lock(cursor: Cursor) -> None:
    """Keep other trainers from taking runs until the transaction ends."""
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))


def next_queued(cursor: Cursor) -> RunState | None:
    """The next run: the oldest request of the account that used the trainer least today."""
    cursor.execute(
        f"""
        {_RUN} {_USE}
        where r.state = 'queued'
        order by coalesce(u.used, interval '0'), r.queued_at, r.id
        limit 1
        """
    )
    row = cursor.fetchone()
    return _run(row) if row else None


def begin(cursor: Cursor, run_id: str) -> int:
    """Begin the run's next attempt; returns its number."""
    cursor.execute(
        """
        update training_runs
        set state = 'preparing', attempt = attempt + 1, done = 0, total = null,
            started_at = coalesce(started_at, now()), heartbeat_at = now()
        where id = %s and state = 'queued'
        returning attempt
        """,
        (run_id,),
    )
    return int(cursor.fetchone().attempt)


def trainer_seen(cursor: Cursor) -> None:
    """A trainer is at work; written every few seconds, however often it is said."""
    cursor.execute(
        """
        insert into trainers (is_only)
        values (true)
        on conflict (is_only) do update
        set seen_at = now()
        where trainers.seen_at < now() - interval '5 seconds'
        """
    )


def beat(cursor: Cursor, run_id: str) -> None:
    """The trainer that holds the run is alive."""
    cursor.execute("update training_runs set heartbeat_at = now() where id = %s", (run_id,))


def abandoned(cursor: Cursor, silent_seconds: float) -> list[RunState]:
    """Runs that were begun and whose trainer has been silent for so long."""
    cursor.execute(
        f"""
        {_RUN}
        where r.state in ('preparing', 'training', 'exporting')
            and r.heartbeat_at < now() - make_interval(secs => %s)
        """,
        (silent_seconds,),
    )
    return [_run(row) for row in cursor.fetchall()]


def any_held(cursor: Cursor) -> bool:
    """True while some trainer has a run in hand."""
    cursor.execute(
        """
        select exists (
            select from training_runs
            where state in ('preparing', 'training', 'exporting')
        ) as held
        """
    )
    return bool(cursor.fetchone().held)


def ended(cursor: Cursor, run_ids: Collection[str]) -> set[str]:
    """Those of the runs that have ended."""
    cursor.execute(
        "select id::text from training_runs where id::text = any(%s) and finished_at is not null",
        (list(run_ids),),
    )
    return {row.id for row in cursor.fetchall()}


def enter(cursor: Cursor, run_id: str, attempt: int, state: str, total: int | None) -> bool:
    """Say what the attempt does now; False if it is not the newest or the run has ended."""
    cursor.execute(
        """
        update training_runs
        set state = %s, done = 0, total = %s, photos_per_second = null
        where id = %s and attempt = %s and state <> 'queued' and finished_at is null
        """,
        (state, total, run_id, attempt),
    )
    return bool(cursor.rowcount)


def report(
    cursor: Cursor, run_id: str, attempt: int, done: int, photos_per_second: float | None
) -> None:
    """Say how far the attempt is."""
    cursor.execute(
        """
        update training_runs
        set done = %s, photos_per_second = coalesce(%s, photos_per_second)
        where id = %s and attempt = %s and finished_at is null
        """,
        (done, photos_per_second, run_id, attempt),
    )


def epoch_done(cursor: Cursor, run_id: str, attempt: int, epochs: int) -> None:
    """So many epochs are in a checkpoint."""
    cursor.execute(
        "update training_runs set epochs_done = %s where id = %s and attempt = %s",
        (epochs, run_id, attempt),
    )


def requeue(
    cursor: Cursor, run_id: str, attempt: int, reason: str, *, is_excused: bool = False
) -> bool:
    """Put an interrupted attempt back into the queue, to go on from its last checkpoint."""
    cursor.execute(
        """
        update training_runs
        set state = 'queued', reason = %s, excused = excused + %s
        where id = %s and attempt = %s and finished_at is null
        """,
        (reason, int(is_excused), run_id, attempt),
    )
    return bool(cursor.rowcount)


def finish(
    cursor: Cursor, run_id: str, attempt: int, state: str, reason: str | None = None
) -> bool:
    """Close a run: done, failed or cancelled; False if it was closed, or another attempt is on."""
    cursor.execute(
        """
        update training_runs
        set state = %s, reason = %s, finished_at = now()
        where id = %s and attempt = %s and finished_at is null
        """,
        (state, reason, run_id, attempt),
    )
    return bool(cursor.rowcount)


def ask_to_cancel(cursor: Cursor, run_id: str) -> bool:
    """An operator wants the run to stop; False if there is no such run or it has ended."""
    cursor.execute(
        """
        update training_runs
        set cancel_asked_at = coalesce(cancel_asked_at, now())
        where id::text = %s and finished_at is null
        """,
        (run_id,),
    )
    return bool(cursor.rowcount)


def to_cancel(cursor: Cursor) -> list[RunState]:
    """Runs that were cancelled and have not ended."""
    cursor.execute(
        f"""
        {_RUN}
        left join training_cancels c on c.request_id = r.request_id
        where r.finished_at is null and (r.cancel_asked_at is not null or c.request_id is not null)
        """
    )
    return [_run(row) for row in cursor.fetchall()]


def publish(
    cursor: Cursor,
    run_id: str,
    labels: Sequence[Mapping[str, str]],
    metrics: Mapping[str, Any],
    files: Mapping[str, Any],
) -> None:
    """Write down the model that a run leaves."""
    cursor.execute(
        "insert into models (id, labels, metrics, files) values (%s, %s, %s, %s)",
        (run_id, json.dumps(list(labels)), json.dumps(metrics), json.dumps(files)),
    )


def _run(row: Any) -> RunState:
    return RunState(
        id=row.id,
        release_id=row.release_id,
        manifest_sha256=bytes(row.manifest_sha256),
        config=row.config,
        state=row.state,
        attempt=row.attempt,
        epochs_done=row.epochs_done,
        reason=row.reason,
        excused=row.excused,
    )
