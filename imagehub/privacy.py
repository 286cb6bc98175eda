"""Reduce the metadata that a phone sends with a photo to what the hub keeps."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

from imagehub.plausibility import plausible
from imagehub.vocabulary import Upload, UploadMetadata

PLACE_DECIMALS = 1
"""A tenth of a degree, about 11 km: the rest is dropped before anything is stored."""

MAX_DEVICE_CHARACTERS = 100
"""Longer names are refused by the API, and cut where they came another way."""


def coarsened(upload: Upload) -> Upload:
    """The upload with its place rounded, its device's name shortened, and nonsense left out."""
    metadata = upload.metadata
    latitude = _rounded(metadata.latitude, 90)
    longitude = _rounded(metadata.longitude, 180)
    is_somewhere = latitude is not None and longitude is not None
    coarse = UploadMetadata(
        taken_at=_utc(metadata.taken_at),
        latitude=latitude if is_somewhere else None,
        longitude=longitude if is_somewhere else None,
        device=printable(metadata.device, MAX_DEVICE_CHARACTERS) if metadata.device else None,
    )
    return replace(upload, metadata=plausible(coarse, upload.accepted_at))


def printable(text: str, max_characters: int) -> str:
    """The text without anything that is not a printable character, cut to the length."""
    return "".join(character for character in text if character.isprintable())[:max_characters]


def _rounded(degrees: float | None, limit: int) -> float | None:
    if degrees is None or not math.isfinite(degrees) or abs(degrees) > limit:
        return None
    return round(degrees, PLACE_DECIMALS)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # a year before 1 or after 9999, once in UTC
        return None
