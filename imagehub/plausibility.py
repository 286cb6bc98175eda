"""Times and places that no photo has: clocks that were never set, receivers without a fix. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from imagehub.vocabulary import UploadMetadata

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""Time zones and clocks that are a little fast."""


def plausible(metadata: UploadMetadata, accepted_at: datetime) -> UploadMetadata:
    """The metadata without a time or a place that cannot be true."""
    if not _is_time(metadata, accepted_at):
        metadata = replace(metadata, taken_at=None)
    if not _is_place(metadata):
        metadata = replace(metadata, latitude=None, longitude=None)
    return metadata


def left_out(metadata: UploadMetadata, accepted_at: datetime) -> tuple[str, ...]:
    """A sentence for each thing that `plausible` leaves out."""
    told = []
    if metadata.taken_at and not _is_time(metadata, accepted_at):
        told.append(
            f"The time is left out: it is before {FIRST.year} or in the future. Set the camera's"
            " clock."
        )
    if not _is_place(metadata):
        told.append(
            "The place is left out: latitude 0 and longitude 0 is what devices say that know none."
        )
    return tuple(told)


def _is_time(metadata: UploadMetadata, accepted_at: datetime) -> bool:
    return metadata.taken_at is None or FIRST <= metadata.taken_at <= accepted_at + AHEAD


def _is_place(metadata: UploadMetadata) -> bool:
    return (metadata.latitude, metadata.longitude) != (0, 0)
