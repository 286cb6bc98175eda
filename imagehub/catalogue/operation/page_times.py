"""How long the routes of the portal and the API take, added up by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Times:
    """What requests to one route took together; failures are answers of 500 and above."""

    requests: int
    failures: int
    seconds: float
    slowest_seconds: float

    @property
    def mean_seconds(self) -> float:
        """How long one took."""
        return self.seconds / max(1, self.requests)


Routes = Mapping[tuple[str, str], Times]
"""Times by method and rule."""


def add(cursor: Cursor, routes: Routes) -> None:
    """Add to today's times."""
    rows = [
        (*route, times.requests, times.failures, times.seconds, times.slowest_seconds)
        for route, times in sorted(routes.items())
    ]
    cursor.executemany(
        """
        insert into page_times as kept
            (method, rule, requests, failures, seconds, slowest_seconds)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (day, method, rule) do update
        set requests = kept.requests + excluded.requests,
            failures = kept.failures + excluded.failures,
            seconds = kept.seconds + excluded.seconds,
            slowest_seconds = greatest(kept.slowest_seconds, excluded.slowest_seconds)
        """,
        rows,
    )


def totals(cursor: Cursor, days: int | None = None) -> dict[tuple[str, str], Times]:
    """Times of the last so many days, today included, or of all; the slowest on average first."""
    cursor.execute(
        """
        select method, rule, sum(requests)::bigint as requests, sum(failures)::bigint as failures,
            sum(seconds) as seconds, max(slowest_seconds) as slowest
        from page_times
        where %(days)s::int is null or day > current_date - %(days)s::int
        group by method, rule
        order by sum(seconds) / sum(requests) desc, method, rule
        """,
        {"days": days},
    )
    return {
        (row.method, row.rule): Times(row.requests, row.failures, row.seconds, row.slowest)
        for row in cursor.fetchall()
    }
