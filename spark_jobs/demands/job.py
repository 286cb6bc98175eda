"""The job `demands`: count what has come for each demand, end those that are due, tell everybody.

One transaction ends a demand, tells who watches it in the hub and queues what goes out: so two
workers at once tell nobody twice, and a worker that dies tells nobody half.
"""

from __future__ import annotations

import json
from uuid import UUID

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import deliveries, demands, notices
from imagehub.catalogue.demands.deliveries import DeliveryEvent
from imagehub.catalogue.demands.demands import DemandEnd, Watcher
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.operation import job_runs
from spark_jobs.batch import whole_batch
from spark_jobs.runs import JobContext


def has_work(database: Database) -> bool:
    """True if a demand is new or over, or label sets were published since the last count."""
    with database.transaction() as cursor:
        return demands.any_new(cursor) or (
            demands.any_open(cursor)
            and job_runs.finished_since_began(cursor, "organise", "demands")
        )


def run(context: JobContext) -> dict[str, int]:
    """Count, and end what is due; return the numbers."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        counted = demands.count_progress(cursor)
        due = demands.due(cursor)
    with whole_batch() as batch:
        ended = batch.each(due, lambda demand_id: end(context.database, demand_id))
    return {"counted": counted, "ended": sum(ended)}


def end(database: Database, demand_id: UUID) -> bool:
    """End one demand that is due and tell everybody who watches it; False if it was ended."""
    with database.transaction() as cursor:
        demands.hold(cursor, demand_id)
        ended = demands.end(cursor, demand_id)
        if ended is None:
            return False
        for watcher in demands.watchers(cursor, demand_id):
            _tell(cursor, watcher, ended)
    return True


def sentence(ended: DemandEnd) -> str:
    """What became of a demand, for people."""
    photos = f"photo{'s' if ended.target > 1 else ''} of {ended.label.name}"
    if ended.outcome == "reached":
        return f"Target reached: the {ended.target} {photos} that you wanted are here."
    return f"Time is over: {ended.verified} of the {ended.target} {photos} that you wanted came."


def _tell(cursor: Cursor, watcher: Watcher, ended: DemandEnd) -> None:
    once = f"demand {ended.id} {ended.outcome}"
    name, link = f"demand.{ended.outcome}", f"/demands/{ended.id}"
    notices.tell(cursor, watcher.account_id, News(name, sentence(ended), link, once))
    event = DeliveryEvent(name, json.dumps(_body(ended, name, link)), once)
    deliveries.queue_webhooks(cursor, watcher.account_id, event)
    if watcher.by_mail:
        deliveries.queue_mail(cursor, watcher.account_id, event)


def _body(ended: DemandEnd, name: str, link: str) -> dict[str, object]:
    return {
        "type": name,
        "data": {
            "demand": str(ended.id),
            "label": ended.label.mid,
            "label_name": ended.label.name,
            "target": ended.target,
            "verified": ended.verified,
            "words": sentence(ended),
            "page": link,
        },
    }
