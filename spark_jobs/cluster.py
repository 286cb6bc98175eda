"""The job `cluster`: duplicate groups with one keeper each, then clusters within each label."""

from __future__ import annotations

from imagehub.catalogue import clusters, job_runs, similarity
from imagehub.catalogue.database import Database
from spark_jobs import duplicates, label_clusters
from spark_jobs.runs import JobContext


def has_work(database: Database) -> bool:
    """True once verification has said something new."""
    with database.transaction() as cursor:
        return job_runs.finished_since_began(cursor, "verify", "cluster")


def run(context: JobContext) -> dict[str, int]:
    """Compare what is new with all there is, then cluster the labels that changed."""
    compared = duplicates.find(context)
    clustered = label_clusters.renew(context)
    with context.database.transaction() as cursor:
        return {
            "compared_images": compared,
            "near_duplicates": similarity.count_members(cursor),
            "clustered_labels": clustered,
            "clusters": clusters.count_clusters(cursor),
        }
