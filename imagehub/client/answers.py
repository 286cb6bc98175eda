"""What the hub answers, as typed values; fields that we do not know are left aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from imagehub.errors import Misconfigured
from imagehub.vocabulary import UploadState


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LabelName(Answer):
    """A label by MID and name."""

    mid: str
    name: str


class LabelNumbers(LabelName):
    """A label with its verified images, with and without those of its descendants."""

    images: int = 0
    own_images: int = 0


class LabelInPlace(LabelNumbers):
    """A label between its neighbours, with the images sent as it and their verdicts."""

    parents: tuple[LabelNumbers, ...] = ()
    children: tuple[LabelNumbers, ...] = ()
    parts: tuple[LabelNumbers, ...] = ()
    wholes: tuple[LabelNumbers, ...] = ()
    claimed: int = 0
    verified: int = 0
    needs_review: int = 0
    rejected: int = 0


class Step(Answer):
    """One state that an upload has passed; `reasons` are sentences."""

    state: UploadState
    at: datetime
    code: str | None = None
    reasons: tuple[str, ...] = ()


class Receipt(Answer):
    """Where one upload stands; the last step is the newest."""

    id: UUID
    state: UploadState
    claimed_label: LabelName | None = None
    photo_sha256: str | None = None
    image_id: str | None = None
    duplicate_of: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def reason(self) -> str:
        """Why it stands where it stands, in words; empty if there is nothing to say."""
        return " ".join(self.steps[-1].reasons) if self.steps else ""

    @property
    def code(self) -> str | None:
        """The newest step's code for programs."""
        return self.steps[-1].code if self.steps else None


class Release(Answer):
    """A release and, once it is ready, what is in it; digests, signature and key are hex."""

    id: str
    subset: str
    number: int
    state: str
    reason: str | None = None
    files: int | None = None
    total_bytes: int | None = None
    labels: int | None = None
    manifest_sha256: str | None = None
    signature: str | None = None
    public_key: str | None = None
    published_at: datetime | None = None
    summary: dict[str, dict[str, int]] | None = None


class Document(Answer):
    """A file beside a release's photos."""

    name: str
    bytes: int
    sha256: str


class Withdrawals(Answer):
    """What a release gives out no more: a signed CSV, and paths that are not on it (yet)."""

    csv: str = ""
    signature: str = ""
    held_back: tuple[str, ...] = ()


class Subset(Answer):
    """A saved selection; `labels` are MIDs, `splits` maps names to shares."""

    name: str
    labels: tuple[str, ...]
    cap_per_label: int | None = None
    min_short_side_pixels: int
    keepers_only: bool
    splits: dict[str, float]
    created_at: datetime | None = None


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list; `next` asks for those after them, None at the end."""

    items: tuple[Item, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a contributor says of a photo; `label` is a MID or a name."""

    label: str
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    device: str | None = None

    def as_query(self) -> dict[str, str]:
        """Write the claim as the query of `POST /api/v1/uploads`."""
        query = {
            "label": self.label,
            "taken_at": self.taken_at and self.taken_at.isoformat(),
            "latitude": None if self.latitude is None else f"{self.latitude:.6f}",
            "longitude": None if self.longitude is None else f"{self.longitude:.6f}",
            "device": self.device,
        }
        return {name: text for name, text in query.items() if text}


Kind = TypeVar("Kind", bound=Answer)


def read(kind: type[Kind], value: object) -> Kind:
    """Read an answer; Misconfigured if the server speaks another language than this client."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise Misconfigured(
            f"The server's {kind.__name__.lower()} cannot be read ({error.error_count()} fields "
            "are not as expected). Is it a hub, and of this version?"
        ) from error


def read_page(kind: type[Kind], value: Any, name: str) -> Page[Kind]:
    """Read a page of a list whose items stand under `name`."""
    if not isinstance(value, dict) or not isinstance(value.get(name), list):
        raise Misconfigured(f"The server's list of {name} cannot be read. Is it a hub?")
    return Page(tuple(read(kind, item) for item in value[name]), value.get("next"))
