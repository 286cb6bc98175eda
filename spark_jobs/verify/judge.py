"""Judge the claims that wait, label by label, in executors."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagehub import logs
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.operation import job_runs
from imagehub.catalogue.verification import crowd_models, review_votes, verdicts
from imagehub.catalogue.verification.crowd_models import ContributorRecord
from imagehub.catalogue.verification.image_checks import Version
from imagehub.catalogue.verification.review_votes import Votes
from imagehub.catalogue.verification.verdicts import CountedPhotos, DueLabel, PendingClaim
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.vision.registry import Networks
from imagehub.vocabulary import Outcome, Verdict
from spark_jobs.apart import whole_or_apart
from spark_jobs.frames import executor_database, id_ranges
from spark_jobs.runs import SparkJobContext
from spark_jobs.verify.agreement.panel import Panel, SeenPhoto
from spark_jobs.verify.agreement.peers import SEVERAL, Peers
from spark_jobs.verify.agreement.record import Claimant
from spark_jobs.verify.agreement.reviews import ReviewOpinion
from spark_jobs.verify.panels import gather

DUE_SCHEMA = (
    "label string, all_claims boolean, claims long, crowd_size long, hub_size long,"
    " first string, stop string"
)
JUDGED_SCHEMA = "judged long"
CLAIMS_PER_TASK = 1_000
UNJUDGED = Verdict(
    Outcome.NEEDS_REVIEW, 0.5, ("The hub could not judge this photo by itself; a person will.",)
)

logger = logging.getLogger("spark_jobs")


@dataclass(frozen=True)
class Judging:
    """What an executor needs in order to judge claims: the panel comes as a Spark broadcast.

    `revision` is the model's that the panel was made from.
    """

    settings: Settings
    version: int
    run: tuple[str, int, int]
    revision: int
    panel: Any

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Write the verdicts of each label's part in one transaction; tell how many there were.

        Raises Conflict if a newer run has begun: then this one must change nothing more. A second
        copy of a task that ends after the model has moved on writes nothing.
        """
        logs.begin(sys.stderr)
        database = executor_database(self.settings)
        for batch in batches:
            for *row, first, stop in batch.itertuples(index=False, name=None):
                due = DueLabel(*row)
                with database.transaction() as cursor:
                    claims = verdicts.due_claims(cursor, self.version, due, (first, stop))
                    case = _gather(cursor, self.version, due.label, claims)
                judged = judge_label(self.panel.value, due.label, claims, case)
                with database.transaction() as cursor:
                    self._store(cursor, due, judged, case.votes)
                yield pd.DataFrame({"judged": [len(judged)]})

    def _store(
        self,
        cursor: Cursor,
        due: DueLabel,
        judged: list[tuple[str, Verdict]],
        votes: Mapping[str, Votes],
    ) -> None:
        job, epoch, run_id = self.run
        if job_runs.hold_epoch(cursor, job) != epoch:
            raise Conflict(f"A newer run of {job} has begun.")
        if crowd_models.hold_revision(cursor, self.version) != self.revision:
            return
        verdicts.store_verdicts(cursor, self.version, due, judged, run_id)
        for image_id, verdict in judged:
            seen = logs.about(image=image_id, label=due.label, version=self.version)
            logger.info("verdict %s", verdict.outcome, extra=seen)
        images = [image_id for image_id, _ in judged]
        review_votes.note(cursor, self.version, due.label, images, votes)


@dataclass(frozen=True, slots=True, eq=False)
class LabelCase:
    """What is known around the due claims of one label.

    `records` are contributors' by account, `votes` what people say together by image id.
    """

    counted: CountedPhotos
    records: Mapping[str, ContributorRecord]
    votes: Mapping[str, Votes]


def judge(context: SparkJobContext, version: Version, networks: Networks) -> int:
    """Judge all claims that wait for a verdict of the version; return how many there were."""
    with context.database.transaction() as cursor:
        revision = crowd_models.state(cursor, version.number).revision
        due = verdicts.due_labels(cursor, version.number)
    if not due:
        return 0
    spark = context.spark
    rows = [row for label in due for row in _tasks(label)]
    parts = min(len(rows), spark.sparkContext.defaultParallelism)
    panel = spark.sparkContext.broadcast(gather(context, version, networks))
    run = (context.run.job, context.run.epoch, context.run.id)
    judging = Judging(context.settings, version.number, run, revision, panel)
    judged = (
        # Dealt out in turn, so that the largest labels do not meet in one part.
        spark.createDataFrame(
            spark.sparkContext.parallelize(
                [row for part in range(parts) for row in rows[part::parts]], parts
            ),
            DUE_SCHEMA,
        )
        .mapInPandas(judging, JUDGED_SCHEMA)
        .collect()
    )
    panel.destroy()
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        if crowd_models.hold_revision(cursor, version.number) == revision:
            # Else a photo that left the hub moved the model, and its labels wait once more.
            whole = [label.label for label in due if label.all_claims]
            crowd_models.mark_judged(cursor, version.number, whole)
    return sum(row.judged for row in judged)


def judge_label(
    panel: Panel, label: str, claims: Sequence[PendingClaim], case: LabelCase
) -> list[tuple[str, Verdict]]:
    """Verdicts by image id on claims of one label; one that cannot be judged waits for a person."""
    return whole_or_apart(
        claims,
        lambda some: _judged(panel, label, some, case),
        lambda claim: (claim.image_id, UNJUDGED),
    )


def _judged(
    panel: Panel, label: str, claims: Sequence[PendingClaim], case: LabelCase
) -> list[tuple[str, Verdict]]:
    numbers: dict[str, int] = {}
    peers = Peers(
        case.counted.embeddings,
        case.counted.sample_weights,
        np.array([_contributor(names, numbers) for names in case.counted.accounts], dtype=np.intp),
    )
    photos = [_seen(claim, case, numbers) for claim in claims]
    found = panel.judge(label, peers, photos)
    if not all(0 <= verdict.probability <= 1 for verdict in found):  # NaN, which no row may hold
        raise ValueError(f"a verdict on {label} has no probability")
    return [(claim.image_id, verdict) for claim, verdict in zip(claims, found, strict=True)]


def _gather(cursor: Cursor, version: int, label: str, claims: Sequence[PendingClaim]) -> LabelCase:
    contributors = {account for claim in claims for account in claim.accounts}
    return LabelCase(
        counted=verdicts.counted_photos(cursor, version, label),
        records=crowd_models.records(cursor, version, contributors),
        votes=review_votes.of_claims(cursor, label, [claim.image_id for claim in claims]),
    )


def _seen(claim: PendingClaim, case: LabelCase, numbers: Mapping[str, int]) -> SeenPhoto:
    """The photo as the panel sees it: its contributors' records are those without this claim."""
    own = ContributorRecord(0, 0.0) if claim.weight is None else ContributorRecord(1, claim.weight)
    records = [case.records.get(account, own) for account in claim.accounts]
    votes = case.votes.get(claim.image_id)
    return SeenPhoto(
        findings=claim.findings,
        classes=claim.classes,
        embedding=claim.embedding,
        counts_for=claim.counts_for,
        claimants=[
            Claimant(record.right - own.right, record.claims - own.claims) for record in records
        ],
        reviews=ReviewOpinion(votes.log_ratio, votes.yes, votes.no) if votes else None,
        contributors=frozenset(
            numbers[account] for account in claim.accounts if account in numbers
        ),
    )


def _contributor(names: Sequence[str], numbers: dict[str, int]) -> int:
    """The contributor's number, given out as they come; SEVERAL where not one alone."""
    for name in names:
        numbers.setdefault(name, len(numbers))
    return numbers[names[0]] if len(names) == 1 else SEVERAL


def _tasks(due: DueLabel) -> list[tuple[str, bool, int, int, int, str, str]]:
    """Rows of DUE_SCHEMA: a large label is judged in ranges of ids."""
    return [
        (due.label, due.all_claims, due.claims, due.crowd_size, due.hub_size, ids.first, ids.stop)
        for ids in id_ranges(1 + due.claims // CLAIMS_PER_TASK)
    ]
