"""Claims of (image, label), the crowd behind them, and the verdicts on them.

A claim counts for its label's crowd if the version found nothing wrong with the photo.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification import EMBEDDING_DIMENSIONS, read_embedding
from imagehub.vocabulary import Finding, Verdict


@dataclass(frozen=True, slots=True)
class DueLabel:
    """A label with claims that wait for a verdict; the sizes are photos that count."""

    label: str
    due: int
    crowd_size: int
    hub_size: int


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One (image, label) and what the version saw in the image.

    `counts_for` are the labels whose crowd the image belongs to.
    """

    image_id: str
    findings: tuple[Finding, ...]
    classes: dict[str, float]
    embedding: npt.NDArray[np.float64]
    counts_for: frozenset[str]
    is_due: bool


@dataclass(frozen=True, slots=True, eq=False)
class CountedClaims:
    """Claims that count for their labels: N labels, and embeddings N x 256."""

    labels: list[str]
    embeddings: npt.NDArray[np.float64]


def counted_claims(
    cursor: Cursor, version: int, ids: tuple[str, str], limit: int | None = None
) -> CountedClaims:
    """Claims that count, of images with first <= id < stop, in order of ids."""
    cursor.execute(
        "select p.label, halfvec_send(c.embedding) as embedding from claims p"
        " join image_checks c on c.version = %(version)s and c.image_id = p.image_id"
        " where p.image_id >= %(first)s and p.image_id < %(stop)s and c.findings = '[]'"
        " order by p.image_id, p.label limit %(limit)s",
        {"first": ids[0], "stop": ids[1], "version": version, "limit": limit},
    )
    rows = cursor.fetchall()
    embeddings = [read_embedding(row.embedding) for row in rows]
    return CountedClaims(
        [row.label for row in rows],
        np.stack(embeddings) if rows else np.empty((0, EMBEDDING_DIMENSIONS)),
    )


def due_labels(cursor: Cursor, version: int) -> list[DueLabel]:
    """Labels with claims that have no verdict, or one that is out of date; largest crowd first."""
    cursor.execute(
        "with seen as materialized (select p.label, p.image_id, c.findings = '[]' as counts"
        "  from claims p join image_checks c"
        "  on c.version = %(version)s and c.image_id = p.image_id),"
        " sizes as (select label, count(*) filter (where counts) as crowd_size"
        "  from seen group by label),"
        " hub as (select count(*) filter (where counts) as hub_size from seen)"
        " select k.label, count(*) as due, s.crowd_size, h.hub_size"
        " from seen k join sizes s using (label) cross join hub h"
        " left join verdicts v on v.version = %(version)s and v.image_id = k.image_id"
        "  and v.label = k.label"
        " where v.image_id is null or has_grown(s.crowd_size, v.crowd_size)"
        "  or has_grown(h.hub_size, v.hub_size)"
        " group by k.label, s.crowd_size, h.hub_size"
        " order by s.crowd_size desc, k.label",
        {"version": version},
    )
    return [DueLabel(row.label, row.due, row.crowd_size, row.hub_size) for row in cursor]


def claims_of(cursor: Cursor, version: int, due: DueLabel) -> list[Claim]:
    """All claims of a label that the version has looked at, in order of ids."""
    cursor.execute(
        "select p.image_id, c.findings, c.classes, halfvec_send(c.embedding) as embedding,"
        " array(select distinct o.claimed_label from uploads o where o.image_id = p.image_id"
        "  and o.state = 'landed') as claimed,"
        " v.image_id is null or has_grown(%(crowd)s, v.crowd_size)"
        "  or has_grown(%(hub)s, v.hub_size) as is_due"
        " from claims p"
        " join image_checks c on c.version = %(version)s and c.image_id = p.image_id"
        " left join verdicts v on v.version = %(version)s and v.image_id = p.image_id"
        "  and v.label = p.label"
        " where p.label = %(label)s order by p.image_id",
        {
            "version": version,
            "label": due.label,
            "crowd": due.crowd_size,
            "hub": due.hub_size,
        },
    )
    return [_claim(row) for row in cursor.fetchall()]


def store_verdicts(
    cursor: Cursor,
    version: int,
    due: DueLabel,
    verdicts: Iterable[tuple[str, Verdict]],
    job_run_id: int,
) -> None:
    """Write verdicts of one label by image id, in place of earlier ones of the same version."""
    rows = [
        {
            "image_id": image_id,
            "outcome": str(verdict.outcome),
            "probability": verdict.probability,
            "reasons": verdict.reasons,
            "evidence": [asdict(evidence) for evidence in verdict.evidence],
        }
        for image_id, verdict in verdicts
    ]
    cursor.execute(
        "insert into verdicts (image_id, label, version, outcome, probability, reasons, evidence,"
        " crowd_size, hub_size, job_run_id)"
        " select r.image_id, %s, %s, r.outcome, r.probability, r.reasons, r.evidence, %s, %s, %s"
        " from jsonb_to_recordset(%s) as r(image_id char(16), outcome text, probability real,"
        "  reasons jsonb, evidence jsonb)"
        " on conflict (version, image_id, label) do update set outcome = excluded.outcome,"
        " probability = excluded.probability, reasons = excluded.reasons,"
        " evidence = excluded.evidence, crowd_size = excluded.crowd_size,"
        " hub_size = excluded.hub_size, job_run_id = excluded.job_run_id, decided_at = now()",
        (due.label, version, due.crowd_size, due.hub_size, job_run_id, json.dumps(rows)),
    )


def outcomes(cursor: Cursor, version: int) -> dict[str, int]:
    """How many verdicts of the version have each outcome."""
    cursor.execute(
        "select outcome, count(*) as verdicts from verdicts where version = %s group by outcome",
        (version,),
    )
    return {row.outcome: row.verdicts for row in cursor}


def covers(cursor: Cursor, version: int, other: int) -> bool:
    """True if the version has looked at and judged all that the other one has."""
    cursor.execute(
        "select not exists (select from verdicts o where o.version = %(other)s and not exists"
        "  (select from verdicts v where v.version = %(version)s and v.image_id = o.image_id"
        "   and v.label = o.label))"
        " and not exists (select from image_checks o where o.version = %(other)s and not exists"
        "  (select from image_checks c where c.version = %(version)s"
        "   and c.image_id = o.image_id)) as covers",
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
        "select mid, array_agg(ancestor) as ancestors from label_ancestors"
        " where distance > 0 group by mid"
    )
    return {row.mid: frozenset(row.ancestors) for row in cursor}


def has_work(cursor: Cursor) -> bool:
    """True if an image or a claim waits for the current version, or another version is begun."""
    cursor.execute(
        "with now as (select max(version) as version from verification_versions where is_current)"
        " select exists (select from verification_versions v, now"
        "   where v.version > coalesce(now.version, 0))"
        " or exists (select from images i where not exists (select from image_checks c, now"
        "   where c.version = now.version and c.image_id = i.id))"
        " or exists (select from claims k where not exists (select from verdicts v, now"
        "   where v.version = now.version and v.image_id = k.image_id and v.label = k.label))"
        " as waits"
    )
    return bool(cursor.fetchone().waits)


def _claim(row: Any) -> Claim:
    counts = row.findings == []
    claimed: Sequence[str] = row.claimed if counts else ()
    return Claim(
        image_id=row.image_id,
        findings=tuple(Finding(**finding) for finding in row.findings),
        classes=row.classes,
        embedding=read_embedding(row.embedding),
        counts_for=frozenset(claimed),
        is_due=row.is_due,
    )
