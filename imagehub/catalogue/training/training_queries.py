"""Training runs as people read them: from the wish on, through the queue, to the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor

TRAINER_SEEN_SECONDS = 120
"""A trainer gives signs of life every few seconds, but while it clears files away."""


@dataclass(frozen=True, slots=True)
class TrainingEntry:
    """A run as it stands.

    `account_id`, `owner` and `request_id` are None for an operator's own. `done` of `total` are
    the photos or steps of its present state. `place` is its place in the queue, from 1, while it
    waits. `manifest_sha256` is raw bytes.
    """

    id: str
    request_id: UUID | None
    account_id: UUID | None
    owner: str | None
    release_id: str
    manifest_sha256: bytes
    config: Mapping[str, Any]
    asked_at: datetime
    expected_minutes: float
    state: str
    attempt: int
    epochs_done: int
    done: int
    total: int | None
    photos_per_second: float | None
    reason: str | None
    started_at: datetime | None
    finished_at: datetime | None
    is_cancel_asked: bool
    has_model: bool
    place: int | None

    @property
    def is_open(self) -> bool:
        """True until it has ended."""
        return self.finished_at is None


_ENTRY = """
    select e.id::text, e.request_id, e.account_id, e.owner, e.release_id, e.manifest_sha256,
        e.config, e.asked_at, e.expected_minutes, e.state, e.attempt,
        e.epochs_done, e.done, e.total, e.photos_per_second, e.reason, e.started_at, e.finished_at,
        e.is_cancel_asked, e.has_model, w.place
    from training_entries e
    left join training_queue w on w.id = e.id
    """


def find(cursor: Cursor, run_id: UUID) -> TrainingEntry | None:
    """The run with this id."""
    cursor.execute(f"{_ENTRY} where e.id = %s", (run_id,))
    row = cursor.fetchone()
    return _entry(row) if row else None


def has_trainer(cursor: Cursor) -> bool:
    """True if a trainer was at work within the last TRAINER_SEEN_SECONDS."""
    cursor.execute(
        """
        select exists (
            select from trainers
            where seen_at > now() - make_interval(secs => %s)
        ) as here
        """,
        (TRAINER_SEEN_SECONDS,),
    )
    return bool(cursor.fetchone().here)


def newest(
    cursor: Cursor, account_id: UUID | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[TrainingEntry]:
    """An account's runs, or everybody's for None, those asked for last first.

    They begin behind `before`: when the last run of the page before was asked for, and its id.
    """
    cursor.execute(
        f"""
        {_ENTRY}
        where (%(account)s is null or e.account_id = %(account)s::uuid)
            and (%(id)s is null or (e.asked_at, e.id) < (%(at)s::timestamptz, %(id)s::uuid))
        order by e.asked_at desc, e.id desc
        limit %(limit)s
        """,
        {
            "account": account_id,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [_entry(row) for row in cursor.fetchall()]


def _entry(row: Any) -> TrainingEntry:
    fields = row._asdict()
    fields["manifest_sha256"] = bytes(row.manifest_sha256)
    return TrainingEntry(**fields)
