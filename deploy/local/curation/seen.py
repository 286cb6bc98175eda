"""What a hub says of every upload of a crowd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagehub.catalogue import audit
from imagehub.catalogue.database import Database
from ingestion.crowd import Crowd, Truth


@dataclass(frozen=True, slots=True)
class Seen:
    """One upload: what is so, and what the hub says.

    `image_id` is empty where the upload was refused, with `code` as the reason; `outcome` and
    `probability` are of its (image, claimed label); `keeper` names its duplicate group. `claimed`
    is the label's name.
    """

    truth: Truth
    claimed: str
    code: str
    image_id: str
    photo_sha256: str
    keeper: str
    outcome: str
    probability: float
    findings: frozenset[str]

    @property
    def has_landed(self) -> bool:
        """False where it was refused."""
        return bool(self.image_id)


def read(database: Database, crowd: Crowd, truth: Mapping[str, Truth]) -> dict[str, Seen]:
    """By the upload's name in the crowd; a KeyError if one of them was not settled."""
    with database.transaction() as cursor:
        claims = {claim.id: claim for claim in audit.settled_claims(cursor)}
    seen = {}
    for upload in crowd.uploads:
        claim = claims[str(upload.id)]
        seen[upload.name] = Seen(
            truth=truth[upload.name],
            claimed=upload.label,
            code=claim.code or "",
            image_id=claim.image_id or "",
            photo_sha256=claim.photo_sha256,
            keeper=claim.keeper or "",
            outcome=claim.outcome or "",
            probability=claim.probability or 0.0,
            findings=claim.findings,
        )
    return seen
