"""Wishes for training runs, and to stop them, as the web side writes them; what they used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """A run to ask for; `expected_minutes` are those of all executors together."""

    account_id: UUID
    release_id: str
    config: Mapping[str, Any]
    executors: int
    expected_minutes: float


@dataclass(frozen=True, slots=True)
class Use:
    """What an account's runs took: how many, and minutes of executors."""

    runs: int
    minutes: float


def add(cursor: Cursor, request: TrainingRequest) -> str:
    """Write a wish down; returns the id that its run will have."""
    cursor.execute(
        """
        insert into training_requests (account_id, release_id, config, executors, expected_minutes)
        values (%s, %s, %s, %s, %s)
        returning id
        """,
        (
            *(request.account_id, request.release_id, json.dumps(dict(request.config))),
            *(request.executors, request.expected_minutes),
        ),
    )
    return str(cursor.fetchone().id)


def use(cursor: Cursor, account_id: UUID, days: int) -> Use:
    """What the account's runs of the last days took.

    One that has not ended counts with what was expected of it, or with what it took if that is
    more; one that was cancelled before it began does not count.
    """
    cursor.execute(
        """
        select count(*) as runs, coalesce(sum(
            case when finished_at is null then greatest(expected_minutes, taken) else taken end
        ), 0)::float as minutes
        from (
            select expected_minutes, finished_at, coalesce(extract(epoch from
                coalesce(finished_at, now()) - started_at) / 60 * executors, 0) as taken
            from training_entries
            where account_id = %s and asked_at > now() - make_interval(days => %s)
              and not (state = 'cancelled' and started_at is null)
        ) as counted
        """,
        (account_id, days),
    )
    row = cursor.fetchone()
    return Use(row.runs, row.minutes)


def cancel_all(cursor: Cursor, account_id: UUID) -> None:
    """Write down that all runs of the account that have not ended are to stop."""
    cursor.execute(
        """
        insert into training_cancels (request_id, account_id)
        select request_id, account_id
        from training_entries
        where account_id = %s and finished_at is null
        on conflict do nothing
        """,
        (account_id,),
    )


def cancel(cursor: Cursor, request_id: UUID, account_id: UUID) -> None:
    """Write down that the run is to stop; the same again changes nothing."""
    cursor.execute(
        """
        insert into training_cancels (request_id, account_id)
        values (%s, %s)
        on conflict do nothing
        """,
        (request_id, account_id),
    )
