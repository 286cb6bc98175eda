"""Remove an upload from the crowd's model, and its photo if no claim is left."""

from __future__ import annotations

from collections.abc import Sequence

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads import removals
from imagehub.catalogue.verification import crowd_claims, crowd_models
from imagehub.catalogue.verification.crowd_claims import CrowdClaim
from spark_jobs.verify import add_to_model
from spark_jobs.verify.difference import ClaimWeight


def leave_crowd(cursor: Cursor, image_id: str) -> None:
    """Subtract an image's withdrawn claims from every version's model.

    Claims that others make too stand in their names from now on, and wait for another verdict.
    Call it when the uploads' rows are gone and before the claims' own.
    """
    labels = removals.judged_labels(cursor, image_id)
    for version in crowd_models.versions(cursor):
        pairs = [(image_id, label) for label in sorted(labels)]
        claims = [
            claim for claim in crowd_claims.read_claims(cursor, version, pairs) if claim.accounts
        ]
        _change(cursor, version, [claim for claim in claims if not claim.claimants], None)
        _change(cursor, version, [claim for claim in claims if claim.claimants], "judge")


def _change(
    cursor: Cursor, version: int, claims: Sequence[CrowdClaim], next_step: str | None
) -> None:
    if claims:
        new_weights = [
            ClaimWeight(claim.weight if claim.claimants else None, claim.damping)
            for claim in claims
        ]
        add_to_model.change(cursor, version, claims, new_weights, next_step)
