"""The claims that a version has taken in, each with its weight in the crowd's model.

A claim counts if the version found nothing wrong with its photo; its weight is the probability that
it is right. Its sample weight in the model is that weight times its damping (columns `voice` and
`loudness`), which is less the more photos of the label one contributor sent. What the claim waits
for is written with it, so a killed run leaves nothing undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.image_checks import read_embedding
from imagehub.vocabulary import EMBEDDING_DIMENSIONS

Float64s = npt.NDArray[np.float64]

REWEIGHED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class CrowdClaim:
    """A claim as it stands in the model, and as it may come to stand.

    `weight`, `damping` and `accounts` are the model's (None, 1 and () for a claim that is not in
    it); `claimants` are the accounts that claim it now; `probability` is its verdict's, if it has
    one.
    """

    image_id: str
    label: str
    counts: bool
    embedding: Float64s
    weight: float | None
    damping: float
    accounts: tuple[str, ...]
    claimants: tuple[str, ...]
    probability: float | None


@dataclass(frozen=True, slots=True)
class WeightedClaim:
    """How a claim stands in the model from now on; a weight of None does not count."""

    image_id: str
    label: str
    weight: float | None
    damping: float
    accounts: tuple[str, ...]


def contributor_sizes(
    cursor: Cursor, version: int, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """How many claims that count each (label, account) has in the model, as their first account."""
    unique_pairs = sorted(set(pairs))
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
        (version, [label for label, _ in unique_pairs], [account for _, account in unique_pairs]),
    )
    return {(row.label, row.account): row.claims for row in cursor}


def read_claims(
    cursor: Cursor, version: int, claims: Iterable[tuple[str, str]]
) -> list[CrowdClaim]:
    """Those of the claims (image id, label) whose image the version has looked at, in order."""
    pairs = list(claims)
    cursor.execute(
        _CLAIM + _OF_PAIRS,
        {
            "images": [image_id for image_id, _ in pairs],
            "labels": [label for _, label in pairs],
            "version": version,
        },
    )
    return [_crowd_claim(row) for row in cursor.fetchall()]


def judged(cursor: Cursor, version: int) -> list[CrowdClaim]:
    """Some claims that were judged and wait to weigh what their verdicts say."""
    cursor.execute(
        _CLAIM + _OF_JUDGED,
        {"version": version, "limit": REWEIGHED_AT_ONCE},
    )
    return [_crowd_claim(row) for row in cursor.fetchall()]


def write(
    cursor: Cursor, version: int, claims: Iterable[WeightedClaim], next_step: str | None
) -> None:
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
                *(version, claim.image_id, claim.label, claim.weight, claim.damping),
                *(list(claim.accounts), next_step),
            )
            for claim in claims
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


def read_embeddings(sent: bytes | memoryview | None) -> Float64s:
    """Read what `halfvec_send` gives of n embeddings, one behind the other, as n x 256."""
    if not sent:
        return np.empty((0, EMBEDDING_DIMENSIONS))
    rows = np.frombuffer(sent, [("header", ">u2", 2), ("values", ">f2", EMBEDDING_DIMENSIONS)])
    return rows["values"].astype(np.float64)


_CLAIM = """
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


def _crowd_claim(row: Any) -> CrowdClaim:
    accounts: Sequence[str] = row.accounts or ()
    return CrowdClaim(
        image_id=row.image_id,
        label=row.label,
        counts=row.counts,
        embedding=read_embedding(row.embedding),
        weight=row.weight,
        damping=1.0 if row.loudness is None else row.loudness,
        accounts=tuple(accounts),
        claimants=tuple(row.claimants),
        probability=row.probability,
    )
