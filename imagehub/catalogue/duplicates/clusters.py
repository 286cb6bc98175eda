"""Clusters: images of one label that look alike, and what each label's were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.image_checks import read_embedding


@dataclass(frozen=True, slots=True)
class LabelContents:
    """The verified images of one label under one version; `contents` is a digest of their ids."""

    label: str
    version: int
    images: int
    contents: str


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """An image and its embedding, 256 numbers."""

    image_id: str
    embedding: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Members with their distances to the centre, nearest first: the first is the medoid."""

    members: tuple[tuple[str, float], ...]


def changed_labels(cursor: Cursor) -> list[LabelContents]:
    """Labels whose verified images are not those that their clusters were made from.

    A label that has clusters and no verified image any more is given with 0 images.
    """
    cursor.execute(
        """
        with now as (
            select v.label, v.version, count(*) as images,
                md5(string_agg(v.image_id, '' order by v.image_id)) as contents
            from verdicts v
            join current_version using (version)
            where v.outcome = 'verified'
            group by v.label, v.version
        )
        select label, coalesce(now.version, was.version) as version,
            coalesce(now.images, 0) as images, coalesce(now.contents, '') as contents
        from now
        full join clusterings was using (label)
        where (now.version, now.contents) is distinct from (was.version, was.contents)
        order by label
        """
    )
    return [
        LabelContents(row.label, row.version, row.images, row.contents) for row in cursor.fetchall()
    ]


def embeddings_of(cursor: Cursor, label: str, version: int, ids: tuple[str, str]) -> list[Embedded]:
    """Verified images of a label with first <= id < stop, in order of ids."""
    cursor.execute(
        """
        select v.image_id, halfvec_send(c.embedding) as embedding
        from verdicts v
        join image_checks c on c.version = v.version and c.image_id = v.image_id
        where v.version = %s
            and v.outcome = 'verified'
            and v.label = %s
            and v.image_id >= %s
            and v.image_id < %s
        order by v.image_id
        """,
        (version, label, *ids),
    )
    return [Embedded(row.image_id, read_embedding(row.embedding)) for row in cursor.fetchall()]


def replace_clusters(
    cursor: Cursor, made_from: LabelContents, clusters: Sequence[Cluster], run_id: int
) -> None:
    """Write a label's clusters anew, the first one with ordinal 0, and what they were made from."""
    cursor.execute("delete from clusters where label = %s", (made_from.label,))
    for ordinal, cluster in enumerate(clusters):
        cursor.execute(
            """
            insert into clusters (label, ordinal, size, medoid_id, job_run_id)
            values (%s, %s, %s, %s, %s)
            returning id
            """,
            (made_from.label, ordinal, len(cluster.members), cluster.members[0][0], run_id),
        )
        cluster_id = cursor.fetchone().id
        execute_values(
            cursor,
            "insert into cluster_members (cluster_id, image_id, distance) values %s",
            [(cluster_id, image_id, distance) for image_id, distance in cluster.members],
        )
    cursor.execute("delete from clusterings where label = %s", (made_from.label,))
    if made_from.images:
        cursor.execute(
            """
            insert into clusterings (label, version, contents, job_run_id)
            values (%s, %s, %s, %s)
            """,
            (made_from.label, made_from.version, made_from.contents, run_id),
        )


def count_clusters(cursor: Cursor) -> int:
    """How many clusters all labels have together."""
    cursor.execute("select count(*) as clusters from clusters")
    return int(cursor.fetchone().clusters)
