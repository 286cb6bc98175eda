"""The job `labels`: make, rename and merge labels of our own as admins decided.

Each decision is applied in a transaction of its own, which also writes what became of it and tells
who proposed the label. Nothing that is released changes: a release holds bytes.
"""

from __future__ import annotations

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.labels import labels, own_labels
from imagehub.catalogue.labels.own_labels import Waiting
from imagehub.errors import Refused
from spark_jobs.batch import whole_batch
from spark_jobs.runs import JobContext


def has_work(database: Database) -> bool:
    """True if a decision is not applied."""
    with database.transaction() as cursor:
        return own_labels.any_waiting(cursor)


def run(context: JobContext) -> dict[str, int]:
    """Apply what was decided, in order."""
    with context.database.transaction() as cursor:
        waiting = own_labels.waiting(cursor)
    with whole_batch() as batch:
        applied = sum(batch.each(waiting, lambda change: _settle(context, change)))
    return {"applied": applied, "refused": len(waiting) - applied}


def _settle(context: JobContext, change: Waiting) -> bool:
    try:
        with context.database.transaction() as cursor:
            context.run.assert_current(cursor)
            labels.hold(cursor)
            label = _apply(cursor, change)
            if own_labels.note(cursor, change.id, label):
                _tell(cursor, change, label)
    except Refused as refusal:
        with context.database.transaction() as cursor:
            own_labels.note(cursor, change.id, change.label, refusal.sentence)
        return False
    return True


def _apply(cursor: Cursor, change: Waiting) -> str | None:
    """Change the labels; return the one that it is about, None for a declined proposal."""
    match change.action:
        case "accept" if change.proposal_id and change.name:
            _require_free(cursor, change.name, None)
            made = own_labels.add(cursor, change.proposal_id, change.name)
            own_labels.hang_below(cursor, made, change.parents)
            labels.close(cursor)
            return made
        case "rename" if change.label and change.name:
            _require_free(cursor, change.name, change.label)
            own_labels.rename(cursor, change.label, change.name)
            return change.label
        case "merge" if change.label and change.into:
            own_labels.hang_below(cursor, change.label, [change.into])
            own_labels.merge(cursor, change.label, change.into)
            labels.close(cursor)
            return change.label
        case "merge" if change.proposed_name and change.into:
            own_labels.add_synonym(cursor, change.into, change.proposed_name)
            return change.into
    return None


def _require_free(cursor: Cursor, name: str, but: str | None) -> None:
    if own_labels.name_is_taken(cursor, name, but):
        raise Refused("label_exists", f"There is a label {name} already; merge them.")


def _tell(cursor: Cursor, change: Waiting, label: str | None) -> None:
    if change.proposer is None or change.proposal_id is None:
        return
    name = change.proposed_name
    words = {
        "accept": f"Your label {name} is here{'' if name == change.name else f': {change.name}'}.",
        "merge": f"Photos of your label {name} belong to a label that was here already.",
        "decline": f"Your label {name} was not taken.",
    }[change.action]
    if change.reason:
        words += f" The reason: {change.reason}"
    link = f"/labels{label}" if label else f"/labels/proposals/{change.proposal_id}"
    once = f"proposal {change.proposal_id}"
    notices.tell(cursor, change.proposer, News(f"label.{change.action}", words, link, once))
