"""What the verify job writes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict

from imagehub.catalogue.database import Cursor
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import EMBEDDING_DIMENSIONS, Account, Evidence, Finding, Label, Outcome
from tests.factories.uploads import Photo, photo


def job_run(cursor: Cursor, job: str = "verify") -> int:
    """A job run that is done."""
    cursor.execute(
        "insert into job_runs (job, epoch, state, finished_at) values (%s, 1, 'done', now())"
        " returning id",
        (job,),
    )
    return int(cursor.fetchone().id)


def verification_version(cursor: Cursor) -> int:
    """The current verification version; the first call makes it."""
    cursor.execute("select version from verification_versions where is_current")
    if row := cursor.fetchone():
        return int(row.version)
    cursor.execute(
        "insert into verification_versions"
        " (networks, projection, projection_kind, fitted_on, thresholds, is_current)"
        " values ('{}', '', 'random', 0, '{}', true) returning version"
    )
    return int(cursor.fetchone().version)


def checks(
    cursor: Cursor,
    image_id: str,
    findings: Sequence[Finding] = (),
    embedding: Sequence[float] | None = None,
) -> None:
    """What the current version saw in the image; the embedding (256) is made from the id."""
    dice = random.Random(image_id)
    values = embedding or [dice.gauss(0, 1) for _ in range(EMBEDDING_DIMENSIONS)]
    found = [{"code": f.code, "measured": f.measured, "sentence": f.sentence} for f in findings]
    cursor.execute(
        "insert into image_checks (image_id, version, findings, classes, embedding)"
        " values (%s, %s, %s, '{}', %s::halfvec)",
        (image_id, verification_version(cursor), json.dumps(found), json.dumps(list(values))),
    )


def verdict(
    cursor: Cursor,
    image_id: str,
    judged: Label,
    outcome: Outcome = Outcome.VERIFIED,
    probability: float = 0.94,
    evidence: Sequence[Evidence] = (),
    reasons: Sequence[str] = ("Looks like other photos of this label.",),
) -> None:
    """What the current version says of (image, label)."""
    rows = [asdict(piece) for piece in evidence]
    cursor.execute(
        "insert into verdicts (image_id, label, version, outcome, probability, reasons, evidence,"
        " crowd_size, job_run_id) values (%s, %s, %s, %s, %s, %s, %s, 12, %s)",
        (
            *(image_id, judged.mid, verification_version(cursor), str(outcome), probability),
            *(json.dumps(list(reasons)), json.dumps(rows), job_run(cursor)),
        ),
    )


def verified_photo(
    cursor: Cursor,
    claimed: Label | None = None,
    *,
    owner: Account | None = None,
    store: ObjectStore | None = None,
    size: tuple[int, int] = (1024, 768),
) -> Photo:
    """A photo that was checked and verified as what it was claimed to be; not yet published."""
    made = photo(cursor, claimed, owner=owner, store=store, size=size)
    checks(cursor, made.image_id)
    verdict(cursor, made.image_id, made.label)
    return made
