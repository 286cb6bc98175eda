"""What a hub says of every upload of a crowd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
        cursor.execute(_SETTLED)
        rows = {row.id: row for row in cursor.fetchall()}
    seen = {}
    for upload in crowd.uploads:
        row = rows[str(upload.id)]
        seen[upload.name] = Seen(
            truth=truth[upload.name],
            claimed=upload.label,
            code=row.code or "",
            image_id=row.image_id or "",
            photo_sha256=row.photo_sha256,
            keeper=row.keeper or "",
            outcome=row.outcome or "",
            probability=float(row.probability) if row.outcome else 0.0,
            findings=frozenset(finding["code"] for finding in row.findings or ()),
        )
    return seen


_SETTLED = """
select u.id::text, u.code, u.image_id, encode(u.photo_sha256, 'hex') as photo_sha256,
    coalesce(d.keeper_id, u.image_id) as keeper, v.outcome, v.probability, c.findings
from uploads u
left join verification_versions now on now.is_current
left join verdicts v on v.version = now.version and v.image_id = u.image_id
    and v.label = u.claimed_label
left join image_checks c on c.version = now.version and c.image_id = u.image_id
left join duplicates d on d.image_id = u.image_id
"""
