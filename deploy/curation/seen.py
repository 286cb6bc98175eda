"""What a hub says of every upload of a crowd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import audit
from imagehub.catalogue.operation.audit import SettledClaim
from ingestion.simulation.crowd import Crowd, CrowdUpload, Truth


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


def read(
    database: Database,
    crowd: Crowd,
    truth: Mapping[str, Truth],
    refused_at_the_door: Mapping[str, str] | None = None,
) -> dict[str, Seen]:
    """By the upload's name in the crowd; a KeyError if one of them was not settled.

    `refused_at_the_door` gives the codes of uploads that the hub never accepted, by name.
    """
    with database.transaction() as cursor:
        claims = {claim.id: claim for claim in audit.settled_claims(cursor)}
    door = refused_at_the_door or {}
    return {
        upload.name: _at_the_door(upload, truth[upload.name], door[upload.name])
        if upload.name in door
        else _settled(upload, truth[upload.name], claims[str(upload.id)])
        for upload in crowd.uploads
    }


def _settled(upload: CrowdUpload, truth: Truth, claim: SettledClaim) -> Seen:
    return Seen(
        truth=truth,
        claimed=upload.label,
        code=claim.code or "",
        image_id=claim.image_id or "",
        photo_sha256=claim.photo_sha256,
        keeper=claim.keeper or "",
        outcome=claim.outcome or "",
        probability=claim.probability or 0.0,
        findings=claim.findings,
    )


def _at_the_door(upload: CrowdUpload, truth: Truth, code: str) -> Seen:
    return Seen(truth, upload.label, code, "", "", "", "", 0.0, frozenset())
