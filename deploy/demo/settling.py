"""Wait, with progress bars, until a hub has nothing left to do."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from imagehub.answers.operation import Status
from imagehub.catalogue.database import Database
from imagehub.catalogue.operation.audit import running_jobs
from imagehub.catalogue.operation.status import count
from imagehub.errors import Unavailable
from spark_jobs import jobs

POLL_SECONDS = 0.5
PATIENCE_SECONDS = 600.0
"""How long nothing at all may move before we give up."""


@dataclass
class _Stillness:
    """Notices when nothing has moved for too long."""

    last: object = None
    since: float = 0.0

    def look(self, now: object) -> None:
        if now != self.last:
            self.last, self.since = now, time.monotonic()
        elif time.monotonic() - self.since > PATIENCE_SECONDS:
            raise Unavailable(
                f"Nothing has moved for {PATIENCE_SECONDS:.0f} s, and work is left: {now}."
            )


def wait_until_settled(database: Database) -> Status:
    """Return when every accepted upload is decided and no job has work left.

    Raises Unavailable if the hub stands still with work left.
    """
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    stillness = _Stillness()
    with Progress(*columns, TimeElapsedColumn()) as progress:
        landing = progress.add_task("Landing")
        deciding = progress.add_task("Verifying")
        arranging = progress.add_task("Clustering and organising", total=1)
        while True:
            with database.transaction() as cursor:
                counts = count(cursor)
                running = running_jobs(cursor)
            settled = counts.landed + counts.refused + counts.set_aside
            claims = counts.verified + counts.needs_review + counts.rejected
            waiting = counts.waiting_for_verdict
            progress.update(landing, completed=settled, total=counts.accepted)
            progress.update(deciding, completed=claims, total=claims + waiting)
            is_quiet = not (counts.waiting_to_land or waiting or running)
            if is_quiet and not any(jobs.load(name).has_work(database) for name in jobs.NAMES):
                progress.update(arranging, completed=1)
                return counts
            stillness.look((counts, running))
            time.sleep(POLL_SECONDS)
