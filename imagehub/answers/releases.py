"""What the API answers on releases and on what stands beside their photos."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, WithJsonSchema

from imagehub.answers.answer import Answer, Unsent

STATES = ("requested", "ready", "failed")


class Release(Answer):
    """A release and, once it is ready, what is in it; digest, signature and key are hex."""

    id: str
    subset: str
    number: int
    state: Annotated[str, Field(json_schema_extra={"enum": list(STATES)})]
    reason: str | None = None
    files: int | None = None
    total_bytes: int | None = None
    labels: int | None = None
    label_set_version: int | None = None
    manifest_sha256: str | None = None
    signature: str | None = None
    public_key: str | None = None
    published_at: datetime | None = None
    summary: Annotated[dict[str, dict[str, int]] | None, WithJsonSchema({})] = Field(
        default=None, description="Files for each label and split."
    )
    withdrawn: int | None = Field(
        default=None, description="Files that are given out no more: their photos were withdrawn."
    )


class Withdrawals(Answer):
    """What a release gives out no more.

    `csv` is the list, signed as the manifest is (over its SHA-256 digest); empty before the first
    withdrawal. `held_back` are paths that are not on it: until a decision, or until it is signed.
    """

    csv: str = ""
    signature: str = ""
    public_key: str = ""
    held_back: Annotated[tuple[str, ...], Unsent(())]


class Releases(Answer):
    """A page of releases; `next` is the next page's `after`."""

    releases: tuple[Release, ...]
    next: Annotated[str | None, Unsent(None)]


class Document(Answer):
    """One document: its name in the image folder, and what its bytes must be."""

    name: str
    bytes: int
    sha256: str


class Documents(Answer):
    """Every document of a release."""

    documents: tuple[Document, ...]


class FormatFile(Answer):
    """A file of a format: where it lies in the format's folder, and what its bytes must be."""

    path: str
    photos: int
    bytes: int
    sha256: str
    media_type: str


class FormatFiles(Answer):
    """Every file of a release in one format."""

    files: tuple[FormatFile, ...]
