"""The job `withdraw`: it removes withdrawn and taken-down uploads and photos."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads import removals, tombstones
from imagehub.errors import Unavailable
from spark_jobs.batch import whole_batch
from spark_jobs.runs import JobContext
from spark_jobs.withdraw.purging import reopen, take_down, withdraw
from spark_jobs.withdraw.sweeping import sweep


def has_work(database: Database) -> bool:
    """True if something waits to be removed, or came again and may have left bytes."""
    with database.transaction() as cursor:
        return removals.any_waiting(cursor)


def run(context: JobContext) -> dict[str, int]:
    """Remove the rows of all that waits, then their bytes.

    Raises Unavailable, when all else is done, if a message is still to be handled by ingestion.
    """
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        withdrawals, decided = removals.withdrawals(cursor), removals.takedowns(cursor)
        again = removals.came_again(cursor)
    with whole_batch() as batch:
        batch.each(again, lambda photo: reopen(context, photo))
        batch.each(withdrawals, lambda withdrawal: withdraw(context, withdrawal))
        batch.each(decided, lambda takedown: take_down(context, takedown))
        with context.database.transaction() as cursor:
            purged_photos = tombstones.purged_photos(cursor)
        left = batch.each(purged_photos, lambda purged: sweep(context, purged)).count(False)
    if left:
        raise Unavailable(f"Ingestion still has messages with {left} photos that must go.")
    return {"uploads": len(withdrawals), "taken_down": len(decided), "photos": len(purged_photos)}
