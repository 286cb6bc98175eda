"""What the processes of a training run say while it lasts: signs of life, steps, epochs, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one worker has at the end of an epoch; `weights_sha256` is raw bytes."""

    epoch: int
    worker: int
    loss: float
    accuracy: float
    photos_per_second: float
    weights_sha256: bytes


@dataclass(frozen=True, slots=True)
class CurveStep:
    """One point of the curves."""

    step: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Note:
    """One line of a run's log, for people."""

    note: str
    at: datetime


def seen(cursor: Cursor, run_id: str, attempt: int, party: str) -> None:
    """A process of the run is alive and gets on."""
    cursor.execute(
        """
        insert into training_parties (run_id, attempt, party)
        values (%s, %s, %s)
        on conflict (run_id, attempt, party) do update
        set seen_at = now()
        """,
        (run_id, attempt, party),
    )


def left(cursor: Cursor, run_id: str, attempt: int, party: str) -> None:
    """A process of the run has done its part: no more signs of life are awaited."""
    cursor.execute(
        """
        update training_parties
        set left_at = now()
        where run_id = %s and attempt = %s and party = %s
        """,
        (run_id, attempt, party),
    )


def most_silent(cursor: Cursor, run_id: str, attempt: int) -> tuple[str, float] | None:
    """Who of the run has said nothing for the longest, and for how many seconds."""
    cursor.execute(
        """
        select party, extract(epoch from now() - seen_at)::float as seconds
        from training_parties
        where run_id = %s and attempt = %s and left_at is null
        order by seen_at
        limit 1
        """,
        (run_id, attempt),
    )
    row = cursor.fetchone()
    return (row.party, row.seconds) if row else None


def add_epoch(cursor: Cursor, run_id: str, attempt: int, found: Epoch) -> None:
    """Write down what a worker has at the end of an epoch."""
    cursor.execute(
        """
        insert into training_epochs (
            run_id, attempt, epoch, worker, loss, accuracy, photos_per_second, weights_sha256
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s)
        on conflict do nothing
        """,
        (
            *(run_id, attempt, found.epoch, found.worker, found.loss, found.accuracy),
            *(found.photos_per_second, found.weights_sha256),
        ),
    )


def epochs(cursor: Cursor, run_id: str, attempt: int) -> list[Epoch]:
    """What the workers of an attempt had at the end of each epoch."""
    cursor.execute(
        """
        select epoch, worker, loss, accuracy, photos_per_second, weights_sha256
        from training_epochs
        where run_id = %s and attempt = %s
        order by epoch, worker
        """,
        (run_id, attempt),
    )
    return [
        Epoch(
            *(row.epoch, row.worker, row.loss, row.accuracy, row.photos_per_second),
            bytes(row.weights_sha256),
        )
        for row in cursor.fetchall()
    ]


def add_step(cursor: Cursor, run_id: str, step: CurveStep) -> None:
    """Write down a point of the curves; an attempt that goes on writes over the one before."""
    cursor.execute(
        """
        insert into training_progress (run_id, step, loss, accuracy)
        values (%s, %s, %s, %s)
        on conflict (run_id, step) do update
        set loss = excluded.loss, accuracy = excluded.accuracy, at = now()
        """,
        (run_id, step.step, step.loss, step.accuracy),
    )


def steps(cursor: Cursor, run_id: str, behind: int, limit: int) -> list[CurveStep]:
    """The points of the curves behind a step, in order."""
    cursor.execute(
        """
        select step, loss, accuracy
        from training_progress
        where run_id = %s and step > %s
        order by step
        limit %s
        """,
        (run_id, behind, limit),
    )
    return [CurveStep(*row) for row in cursor.fetchall()]


def note(cursor: Cursor, run_id: str, text: str) -> None:
    """Write a line of the run's log."""
    cursor.execute("insert into training_notes (run_id, note) values (%s, %s)", (run_id, text))


def notes(cursor: Cursor, run_id: str, limit: int) -> list[Note]:
    """The last lines of the run's log, oldest first."""
    cursor.execute(
        """
        select note, at
        from (
            select id, note, at
            from training_notes
            where run_id = %s
            order by id desc
            limit %s
        ) as last
        order by id
        """,
        (run_id, limit),
    )
    return [Note(row.note, row.at) for row in cursor.fetchall()]
