"""The weights of all claims of a version at once, as a round over the whole hub sets them anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.crowd_claims import Float64s, read_embeddings
from imagehub.catalogue.verification.image_checks import read_embedding


@dataclass(frozen=True, slots=True, eq=False)
class ReweighedClaims:
    """n claims of one label that count: embeddings n x 256, sample weights n (as they shall be)."""

    label: str
    embeddings: Float64s
    sample_weights: Float64s


def read_reweighed(
    cursor: Cursor, version: int, ids: tuple[str, str], quietness: float
) -> list[ReweighedClaims]:
    """Claims that count, of images with first <= id < stop, by label, with new sample weights.

    Each of n photos of one contributor and label has the damping n^-quietness, n as
    `count_senders` has found it.
    """
    cursor.execute(
        """
        select k.label,
            string_agg(halfvec_send(c.embedding), ''::bytea order by k.image_id) as embeddings,
            array_agg(
                coalesce(v.probability::float8, k.weight) * power(
                    s.claims::float8, -%(quietness)s::float8
                )
                order by k.image_id
            ) as voices
        from crowd_claims k
        join crowd_senders s on s.version = k.version
            and s.label = k.label
            and s.account = k.accounts[1]
        join image_checks c on c.version = k.version and c.image_id = k.image_id
        left join verdicts v on v.version = k.version
            and v.image_id = k.image_id
            and v.label = k.label
        where k.version = %(version)s
            and k.image_id >= %(first)s
            and k.image_id < %(stop)s
            and k.weight is not null
        group by k.label
        order by k.label
        """,
        {"version": version, "first": ids[0], "stop": ids[1], "quietness": quietness},
    )
    return [
        ReweighedClaims(row.label, read_embeddings(row.embeddings), np.asarray(row.voices))
        for row in cursor
    ]


def count_senders(cursor: Cursor, version: int) -> None:
    """Count each contributor's claims of each label, for `read_reweighed`."""
    cursor.execute("delete from crowd_senders where version = %s", (version,))
    cursor.execute(
        """
        insert into crowd_senders (version, label, account, claims)
        select version, label, accounts[1], count(*)
        from crowd_claims
        where version = %s and weight is not null
        group by version, label, accounts[1]
        """,
        (version,),
    )


def tell_planner(cursor: Cursor) -> None:
    """Have Postgres count what lies in the tables that whole-hub statements join.

    Without it the planner may know of no row of a version that is filled at that moment, and join
    all its claims by nested loops.
    """
    cursor.execute(
        """
        analyze crowd_claims (version, image_id, label, weight, accounts), crowd_senders,
            verdicts (version, image_id, label), image_checks (version, image_id)
        """
    )


def reweigh(cursor: Cursor, version: int, quietness: float) -> None:
    """Let every claim that was judged weigh what its verdict says; none waits to be weighed.

    Damping is set anew as `read_reweighed` has it.
    """
    cursor.execute(
        """
        update crowd_claims k
        set weight = n.weight, loudness = n.loudness, next_step = nullif(k.next_step, 'weigh')
        from (
            select j.image_id, j.label, coalesce(v.probability::float8, j.weight) as weight,
                power(
                    (count(*) over (partition by j.label, j.accounts[1]))::float8,
                    -%(quietness)s::float8
                ) as loudness
            from crowd_claims j
            left join verdicts v using (version, image_id, label)
            where j.version = %(version)s and j.weight is not null
        ) n
        where k.version = %(version)s
            and k.image_id = n.image_id
            and k.label = n.label
            and (k.weight <> n.weight or k.loudness <> n.loudness or k.next_step = 'weigh')
        """,
        {"version": version, "quietness": quietness},
    )


def mean_change(cursor: Cursor, version: int) -> float:
    """How far the verdicts of claims that count are from their weights, on average."""
    cursor.execute(
        """
        select coalesce(avg(abs(v.probability::float8 - k.weight)), 0) as change
        from crowd_claims k
        join verdicts v using (version, image_id, label)
        where k.version = %s and k.weight is not null
        """,
        (version,),
    )
    return float(cursor.fetchone().change)


def label_sizes(cursor: Cursor, version: int) -> dict[str, tuple[int, int, float]]:
    """Of each label's claims that count: how many, first accounts, sum of sample weights."""
    cursor.execute(
        """
        select label, count(weight) as photos,
            count(distinct accounts[1]) filter (where weight is not null) as contributors,
            coalesce(sum(weight * loudness), 0) as voice
        from crowd_claims
        where version = %s
        group by label
        """,
        (version,),
    )
    return {row.label: (row.photos, row.contributors, row.voice) for row in cursor}


def sample(cursor: Cursor, version: int, limit: int) -> list[tuple[str, float, Float64s]]:
    """Claims that count, picked evenly (ids are digests): label, sample weight and embedding."""
    cursor.execute(
        """
        select k.label, k.weight * k.loudness as voice, halfvec_send(c.embedding) as embedding
        from crowd_claims k
        join image_checks c using (version, image_id)
        where k.version = %s and k.weight > 0
        order by k.image_id, k.label
        limit %s
        """,
        (version, limit),
    )
    return [(row.label, row.voice, read_embedding(row.embedding)) for row in cursor]
