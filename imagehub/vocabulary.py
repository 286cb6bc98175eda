"""The words that packages share, as frozen types; those of one subject stand in its module."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MAX_PHOTO_BYTES = 16 * 1024 * 1024
"""The largest photo, in bytes: one limit for the API's body, the log's topic and the consumer."""

EMBEDDING_DIMENSIONS = 256


class UploadState(StrEnum):
    """Where one upload stands; a receipt lists the states it has passed."""

    ACCEPTED = "accepted"
    STORED = "stored"
    CHECKED = "checked"
    VERIFIED = "verified"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"

    @property
    def is_final(self) -> bool:
        """True where no further job will change the state by itself."""
        return self in FINAL_STATES


FINAL_STATES = frozenset(UploadState) - {
    UploadState.ACCEPTED,
    UploadState.STORED,
    UploadState.CHECKED,
}


class Outcome(StrEnum):
    """What a verdict says of one (image, label)."""

    VERIFIED = "verified"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"


class ReviewAnswer(StrEnum):
    """What a person says of one (image, label)."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class EdgeKind(StrEnum):
    """How a label hangs below another: `dog` is an `animal`; a `wheel` is part of a `car`."""

    IS_A = "is_a"
    PART_OF = "part_of"


class Role(StrEnum):
    """What an account may do; roles are capabilities, not a ladder.

    A contributor sends photos, a reviewer judges those of others, premium is for what is paid, an
    admin sees everything and gives roles.
    """

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    PREMIUM = "premium"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a personal access token is good for, within what its account may do."""

    READ = "read"
    UPLOAD = "upload"
    REVIEW = "review"
    SUBSETS = "subsets"
    TRAIN = "train"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Label:
    """One Open Images class."""

    mid: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person or program that the hub knows."""

    id: UUID
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class UploadMetadata:
    """What a contributor's phone says beside the photo; all of it may be missing."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """One act: a contributor sends one photo with one claimed label.

    `id` was made by the client; `photo_sha256` is 64 hex digits.
    """

    id: UUID
    account_id: UUID
    claimed_label: str
    photo_sha256: str
    accepted_at: datetime
    metadata: UploadMetadata = field(default_factory=UploadMetadata)


def image_id_of(photo_sha256: str) -> str:
    """The id of a photo's image: the first 16 hex digits of the photo's digest."""
    return photo_sha256[:16]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one photo: a stable code, the number it measured, and a sentence."""

    code: str
    measured: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source's view of one (image, label): the probability that the label is right.

    `source` is a stable name (``network``, ``crowd``, ``quality``); `probability` is None where
    the source abstains; `rival` is the MID of the other label that the sentence names.
    """

    source: str
    probability: float | None
    sentence: str
    rival: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one version of verification says of one (image, label)."""

    outcome: Outcome
    probability: float
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
