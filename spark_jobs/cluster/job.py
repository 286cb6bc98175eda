"""The job `cluster`: duplicate groups with one keeper each, then clusters within each label."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.duplicates import clusters, duplicate_candidates, duplicate_undos
from imagehub.catalogue.operation import job_runs
from spark_jobs.cluster import duplicates, label_clusters
from spark_jobs.runs import SparkJobContext


def has_work(database: Database) -> bool:
    """True once verification or a person has said something new, or if images were left over."""
    with database.transaction() as cursor:
        return (
            job_runs.finished_since_began(cursor, "verify", "cluster")
            or job_runs.left_over(cursor, "cluster")
            or bool(duplicate_undos.unheeded(cursor))
        )


def run(context: SparkJobContext) -> dict[str, int]:
    """Compare new images with all; then, if none waits, cluster the changed labels."""
    compared = duplicates.find(context)
    with context.database.transaction() as cursor:
        waiting = duplicate_candidates.count_uncompared(cursor)
    clustered = 0 if waiting else label_clusters.renew(context)
    with context.database.transaction() as cursor:
        return {
            "waiting": waiting,
            "compared_images": compared,
            "near_duplicates": duplicate_candidates.count_members(cursor),
            "clustered_labels": clustered,
            "clusters": clusters.count_clusters(cursor),
        }
