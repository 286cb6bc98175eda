"""The claims that a version has taken in, each with its weight in the crowd's model.

A claim counts if the version found nothing wrong with its photo; its weight is the probability that
it is right, its voice in the model that weight times its loudness. What the claim waits for is
written with it, so a killed run leaves nothing undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.image_checks import EMBEDDING_DIMENSIONS, read_embedding

Floats = npt.NDArray[np.float64]

REWEIGHED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """A claim as it stands in the model, and as it may come to stand.

    `weight`, `loudness` and `accounts` are the model's (None, 1 and () for a claim that is not in
    it); `claimants` are the accounts that claim it now; `probability` is its verdict's, if it has
    one.
    """

    image_id: str
    label: str
    counts: bool
    embedding: Floats
    weight: float | None
    loudness: float
    accounts: tuple[str, ...]
    claimants: tuple[str, ...]
    probability: float | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How a claim stands in the model from now on; a weight of None does not count."""

    image_id: str
    label: str
    weight: float | None
    loudness: float
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """n claims of one label that count: embeddings n x 256, voices n (as they shall be)."""

    label: str
    embeddings: Floats
    voices: Floats


def contributor_sizes(
    cursor: Cursor, version: int, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """How many claims that count each (label, account) has in the model, as their first account."""
    wanted = sorted(set(pairs))
    cursor.execute(
        """
        select p.label, p.account,
            (
                select count(*)
                from crowd_claims k
                where k.version = %s
                    and k.label = p.label
                    and k.accounts[1] = p.account::uuid
                    and k.weight is not null
            ) as claims
        from unnest(%s::text[], %s::text[]) as p (label, account)
        """,
        (version, [label for label, _ in wanted], [account for _, account in wanted]),
    )
    return {(row.label, row.account): row.claims for row in cursor}


def enrolments(cursor: Cursor, version: int, claims: Iterable[tuple[str, str]]) -> list[Enrolment]:
    """Those of the claims (image id, label) whose image the version has looked at, in order."""
    pairs = list(claims)
    cursor.execute(
        _ENROLMENT + _OF_PAIRS,
        {
            "images": [image_id for image_id, _ in pairs],
            "labels": [label for _, label in pairs],
            "version": version,
        },
    )
    return [_enrolment(row) for row in cursor.fetchall()]


def judged(cursor: Cursor, version: int) -> list[Enrolment]:
    """Some claims that were judged and wait to weigh what their verdicts say."""
    cursor.execute(
        _ENROLMENT + _OF_JUDGED,
        {"version": version, "limit": REWEIGHED_AT_ONCE},
    )
    return [_enrolment(row) for row in cursor.fetchall()]


def write(cursor: Cursor, version: int, claims: Iterable[Enrolled], next_step: str | None) -> None:
    """Write how claims stand in the model, and what they wait for."""
    execute_values(
        cursor,
        """
        insert into crowd_claims (version, image_id, label, weight, loudness, accounts, next_step)
        values %s
        on conflict (version, image_id, label) do update
        set weight = excluded.weight, loudness = excluded.loudness, accounts = excluded.accounts,
            next_step = excluded.next_step
        """,
        [
            (
                *(version, one.image_id, one.label, one.weight, one.loudness),
                *(list(one.accounts), next_step),
            )
            for one in claims
        ],
        template="(%s, %s, %s, %s, %s, %s::uuid[], %s)",
        page_size=1_000,
    )


def judge_again(cursor: Cursor, version: int, image_ids: Sequence[str]) -> None:
    """Let all claims of these images wait for another verdict."""
    cursor.execute(
        """
        update crowd_claims
        set next_step = 'judge'
        where version = %s and image_id = any(%s::bpchar[])
        """,
        (version, list(image_ids)),
    )


def weighed_anew(
    cursor: Cursor, version: int, ids: tuple[str, str], quietness: float
) -> list[Weighed]:
    """Claims that count, of images with first <= id < stop, by label, with their new voices.

    Each of n photos of one contributor and label has the loudness n^-quietness, n as
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
        Weighed(row.label, read_embeddings(row.embeddings), np.asarray(row.voices))
        for row in cursor
    ]


def count_senders(cursor: Cursor, version: int) -> None:
    """Count each contributor's claims of each label, for `weighed_anew`."""
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


def weigh_anew(cursor: Cursor, version: int, quietness: float) -> None:
    """Let every claim that was judged weigh what its verdict says; none waits to be weighed.

    Loudness is set anew as `weighed_anew` has it.
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
    """Of each label's claims that count: how many, of how many first accounts, and their voices."""
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


def sample(cursor: Cursor, version: int, limit: int) -> list[tuple[str, float, Floats]]:
    """Claims that count, picked evenly (ids are digests): label, voice and embedding."""
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


def read_embeddings(sent: bytes | memoryview | None) -> Floats:
    """Read what `halfvec_send` gives of n embeddings, one behind the other, as n x 256."""
    if not sent:
        return np.empty((0, EMBEDDING_DIMENSIONS))
    rows = np.frombuffer(sent, [("header", ">u2", 2), ("values", ">f2", EMBEDDING_DIMENSIONS)])
    return rows["values"].astype(np.float64)


_ENROLMENT = """
    select p.image_id, p.label, c.findings = '[]' as counts, halfvec_send(c.embedding) as embedding,
        k.weight, k.loudness, k.accounts::text[] as accounts,
        array(
            select distinct u.account_id::text
            from uploads u
            where u.image_id = p.image_id and u.claimed_label = p.label and u.state = 'landed'
            order by 1
        ) as claimants, v.probability::float8
    """
_OF_PAIRS = """
    from unnest(%(images)s::bpchar[], %(labels)s::text[]) as p (image_id, label)
    join image_checks c on c.version = %(version)s and c.image_id = p.image_id
    left join crowd_claims k on k.version = %(version)s
        and k.image_id = p.image_id
        and k.label = p.label
    left join verdicts v on v.version = %(version)s
        and v.image_id = p.image_id
        and v.label = p.label
    order by p.image_id, p.label
    """
_OF_JUDGED = """
    from (
        select *
        from crowd_claims
        where version = %(version)s and next_step = 'weigh'
        order by label, image_id
        limit %(limit)s
    ) p
    join crowd_claims k using (version, image_id, label)
    join image_checks c using (version, image_id)
    join verdicts v using (version, image_id, label)
    order by p.image_id, p.label
    """


def _enrolment(row: Any) -> Enrolment:
    accounts: Sequence[str] = row.accounts or ()
    return Enrolment(
        image_id=row.image_id,
        label=row.label,
        counts=row.counts,
        embedding=read_embedding(row.embedding),
        weight=row.weight,
        loudness=1.0 if row.loudness is None else row.loudness,
        accounts=tuple(accounts),
        claimants=tuple(row.claimants),
        probability=row.probability,
    )
