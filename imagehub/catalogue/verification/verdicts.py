"""Verdicts: which claims wait for one, what is known of them, and what was decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.crowd_claims import read_embeddings
from imagehub.catalogue.verification.image_checks import read_embedding
from imagehub.vocabulary import Evidence, Finding, Outcome, Verdict

PEERS_AT_MOST = 5_000
"""Of a larger label so many photos are shown to its judges: those of the first ids, which are
digests and so as good as drawn by lot. The model itself sums them all."""

_EVIDENCE_FIELDS = tuple(field.name for field in fields(Evidence))


@dataclass(frozen=True, slots=True)
class DueLabel:
    """A label with claims that wait for a verdict: all of its claims, or those marked.

    `claims` says how many; the sizes are photos that count.
    """

    label: str
    all_claims: bool
    claims: int
    crowd_size: int
    hub_size: int


@dataclass(frozen=True, slots=True, eq=False)
class PendingClaim:
    """One (image, label) that waits for a verdict, and what the version saw in the image.

    `counts_for` are the image's sample weights in the labels whose crowd it belongs to; `weight` is
    the claim's own, None if it does not count; `accounts` are those whose records have the claim.
    """

    image_id: str
    findings: tuple[Finding, ...]
    classes: dict[str, float]
    embedding: npt.NDArray[np.float64]
    counts_for: dict[str, float]
    weight: float | None
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CountedPhotos:
    """n photos that count for a label: embeddings n x 256, sample weights n, who claims each."""

    embeddings: npt.NDArray[np.float64]
    sample_weights: npt.NDArray[np.float64]
    accounts: tuple[tuple[str, ...], ...]


def due_labels(cursor: Cursor, version: int) -> list[DueLabel]:
    """Labels with claims that wait for a verdict; largest crowd first.

    All claims of a label wait if it has grown by a quarter since they were judged, or if every
    claim of the hub has been weighed anew.
    """
    cursor.execute(
        """
        select l.label, l.photos as crowd_size, m.photos as hub_size, g.all_claims,
            case
                when g.all_claims then (
                    select count(*)
                    from crowd_claims k
                    where k.version = l.version and k.label = l.label
                )
                else w.claims
            end as claims
        from crowd_models m
        join crowd_labels l using (version)
        cross join lateral (
            select l.judged_fit < m.fit or has_grown(l.photos, l.judged_photos) as all_claims
        ) g
        left join (
            select label, count(*) as claims
            from crowd_claims
            where version = %(version)s and next_step = 'judge'
            group by label
        ) w on w.label = l.label
        where m.version = %(version)s and (g.all_claims or w.claims > 0)
        order by l.photos desc, l.label
        """,
        {"version": version},
    )
    return [
        DueLabel(row.label, row.all_claims, row.claims, row.crowd_size, row.hub_size)
        for row in cursor
    ]


def due_claims(
    cursor: Cursor, version: int, due: DueLabel, ids: tuple[str, str]
) -> list[PendingClaim]:
    """The claims of a due label that wait, of images with first <= id < stop, in order of ids."""
    cursor.execute(
        """
        select k.image_id, c.findings, c.classes, halfvec_send(c.embedding) as embedding, k.weight,
            k.accounts::text[] as accounts,
            (
                select jsonb_object_agg(o.label, o.weight * o.loudness)
                from crowd_claims o
                where o.version = k.version and o.image_id = k.image_id and o.weight is not null
            ) as counts_for
        from crowd_claims k
        join image_checks c using (version, image_id)
        where k.version = %(version)s
            and k.label = %(label)s
            and k.image_id >= %(first)s
            and k.image_id < %(stop)s
            and (%(all)s or k.next_step = 'judge')
        order by k.image_id
        """,
        {
            "version": version,
            "label": due.label,
            "first": ids[0],
            "stop": ids[1],
            "all": due.all_claims,
        },
    )
    return [_claim(row) for row in cursor]


def counted_photos(cursor: Cursor, version: int, label: str) -> CountedPhotos:
    """Photos that count for a label, at most PEERS_AT_MOST of them, in order of ids."""
    cursor.execute(
        """
        select string_agg(halfvec_send(c.embedding), ''::bytea order by k.image_id) as embeddings,
            array_agg(k.weight * k.loudness order by k.image_id) as voices,
            array_agg(array_to_string(k.accounts, ',') order by k.image_id) as accounts
        from (
            select *
            from crowd_claims
            where version = %s and label = %s and weight > 0
            order by image_id
            limit %s
        ) k
        join image_checks c using (version, image_id)
        """,
        (version, label, PEERS_AT_MOST),
    )
    row = cursor.fetchone()
    return CountedPhotos(
        read_embeddings(row.embeddings),
        np.asarray(row.voices or (), np.float64),
        tuple(tuple(names.split(",")) for names in row.accounts or ()),
    )


def store_verdicts(
    cursor: Cursor,
    version: int,
    due: DueLabel,
    verdicts: Iterable[tuple[str, Verdict]],
    job_run_id: int,
) -> None:
    """Write verdicts of one label by image id, in place of earlier ones of the same version.

    Claims that waited for one wait from now on to weigh what it says.
    """
    rows = [
        {
            "image_id": image_id,
            "outcome": str(verdict.outcome),
            "probability": verdict.probability,
            "reasons": verdict.reasons,
            "evidence": [
                {name: getattr(evidence, name) for name in _EVIDENCE_FIELDS}
                for evidence in verdict.evidence
            ],
        }
        for image_id, verdict in verdicts
    ]
    cursor.execute(
        """
        insert into verdicts (
            image_id, label, version, outcome, probability, reasons, evidence, crowd_size, hub_size,
            job_run_id
        )
        select r.image_id, %s, %s, r.outcome, r.probability, r.reasons, r.evidence, %s, %s, %s
        from jsonb_to_recordset(%s) as r(
            image_id char(16), outcome text, probability real, reasons jsonb, evidence jsonb
        )
        on conflict (version, image_id, label) do update
        set outcome = excluded.outcome, probability = excluded.probability,
            reasons = excluded.reasons, evidence = excluded.evidence,
            crowd_size = excluded.crowd_size, hub_size = excluded.hub_size,
            job_run_id = excluded.job_run_id, decided_at = now()
        """,
        (due.label, version, due.crowd_size, due.hub_size, job_run_id, json.dumps(rows)),
    )
    cursor.execute(
        """
        update crowd_claims
        set next_step = 'weigh'
        where version = %s and label = %s and next_step = 'judge' and image_id = any(%s::bpchar[])
        """,
        (version, due.label, [row["image_id"] for row in rows]),
    )


def read_verdict(row: Any) -> Verdict:
    """The verdict in a row with the columns of `verdicts`; versions before may know fewer keys."""
    evidence = tuple(
        Evidence(seen["source"], seen["probability"], seen["sentence"], seen.get("rival"))
        for seen in row.evidence
    )
    return Verdict(Outcome(row.outcome), row.probability, tuple(row.reasons), evidence)


def covers(cursor: Cursor, version: int, other: int) -> bool:
    """True if the version has looked at and judged all that the other one has."""
    cursor.execute(
        """
        select not exists (
            select from verdicts o
            where o.version = %(other)s
                and not exists (
                    select from verdicts v
                    where v.version = %(version)s and v.image_id = o.image_id and v.label = o.label
                )
        )
            and not exists (
                select from image_checks o
                where o.version = %(other)s
                    and not exists (
                        select from image_checks c
                        where c.version = %(version)s and c.image_id = o.image_id
                    )
            ) as covers
        """,
        {"version": version, "other": other},
    )
    return bool(cursor.fetchone().covers)


def label_names(cursor: Cursor) -> dict[str, str]:
    """The name of each label by MID."""
    cursor.execute("select mid, name from labels")
    return {row.mid: row.name for row in cursor}


def label_ancestors(cursor: Cursor) -> dict[str, frozenset[str]]:
    """The ancestors by is-a of each label that has some, without itself."""
    cursor.execute(
        """
        select mid, array_agg(ancestor) as ancestors
        from label_ancestors
        where distance > 0
        group by mid
        """
    )
    return {row.mid: frozenset(row.ancestors) for row in cursor}


def _claim(row: Any) -> PendingClaim:
    return PendingClaim(
        image_id=row.image_id,
        findings=tuple(Finding(**finding) for finding in row.findings),
        classes=row.classes,
        embedding=read_embedding(row.embedding),
        counts_for=row.counts_for or {},
        weight=row.weight,
        accounts=tuple(row.accounts),
    )
