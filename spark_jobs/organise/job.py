"""The job `organise`: publish verified images in the sets of their label and all its ancestors.

The whole step is one transaction of the catalogue, which holds both its input and its output;
rows need not travel through Spark for it.
"""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import job_runs
from imagehub.catalogue.releases import label_sets
from spark_jobs.runs import JobContext

TOLERANCE = 0.05
"""A probability that moves by less leaves the published one as it is."""


def has_work(database: Database) -> bool:
    """True once verification has said something new, labels were imported, or licences changed."""
    with database.transaction() as cursor:
        return (
            job_runs.finished_since_began(cursor, "verify", "organise")
            or label_sets.labels_changed_since_organised(cursor)
            or label_sets.any_due(cursor)
        )


def run(context: JobContext) -> dict[str, int]:
    """Publish a new version if anything changed; return its numbers."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        everything = label_sets.stage(cursor)
        added = label_sets.stage_new(cursor, TOLERANCE)
        removed = label_sets.stage_gone(cursor, TOLERANCE)
        if added or removed:
            version = label_sets.add_version(cursor, context.run.id)
            label_sets.remove_gone(cursor, version)
            label_sets.add_new(cursor, version)
            count = label_sets.count_all if everything else label_sets.count_changes
            count(cursor, version)
        version, images, sets = label_sets.newest_version(cursor)
    return {
        "added": added,
        "removed": removed,
        "version": version,
        "images": images,
        "label_sets": sets,
    }
