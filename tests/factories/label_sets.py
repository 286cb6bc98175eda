"""What the cluster and organise jobs write."""

from __future__ import annotations

from collections.abc import Sequence

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label
from tests.factories.verification import job_run


def duplicate(cursor: Cursor, image_id: str, keeper_id: str, distance: float = 2.0) -> None:
    """Hang an image on its keeper."""
    cursor.execute(
        "insert into duplicates values (%s, %s, %s, 'The fingerprints nearly agree.', %s)",
        (image_id, keeper_id, distance, job_run(cursor, "cluster")),
    )


def cluster(cursor: Cursor, of: Label, ordinal: int, image_ids: Sequence[str]) -> int:
    """A cluster of a label; the first image is its medoid."""
    cursor.execute(
        "insert into clusters (label, ordinal, size, medoid_id, job_run_id)"
        " values (%s, %s, %s, %s, %s) returning id",
        (of.mid, ordinal, len(image_ids), image_ids[0], job_run(cursor, "cluster")),
    )
    cluster_id = int(cursor.fetchone().id)
    for place, image_id in enumerate(image_ids):
        cursor.execute(
            "insert into cluster_members values (%s, %s, %s)", (cluster_id, image_id, place / 10)
        )
    return cluster_id


def publish_label_sets(cursor: Cursor) -> int:
    """Put every verified image into the sets of its label and all ancestors, as a new version."""
    run = job_run(cursor, "organise")
    cursor.execute(
        "insert into label_set_versions (version, job_run_id, images, label_sets)"
        " select coalesce(max(version), 0) + 1, %s, 0, 0 from label_set_versions"
        " returning version",
        (run,),
    )
    version = int(cursor.fetchone().version)
    cursor.execute(
        "insert into label_set_members (label, image_id, claimed_label, probability, added_in)"
        " select a.ancestor, v.image_id, v.label, v.probability, %s"
        " from verdicts v join label_ancestors a on a.mid = v.label"
        " where v.outcome = 'verified' and not exists (select from label_set_members m where"
        "  m.label = a.ancestor and m.image_id = v.image_id and m.claimed_label = v.label)",
        (version,),
    )
    cursor.execute(
        "insert into label_set_counts select label, count(distinct image_id),"
        " count(distinct image_id) filter (where claimed_label = label)"
        " from label_set_members where removed_in is null group by label"
        " on conflict (label) do update"
        " set images = excluded.images, own_images = excluded.own_images"
    )
    cursor.execute(
        "update label_set_versions set"
        " images = (select count(distinct image_id) from label_set_members),"
        " label_sets = (select count(*) from label_set_counts) where version = %s",
        (version,),
    )
    return version
