"""Times and places that cannot be true are left out, and that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from imagehub.plausibility import left_out
from imagehub.privacy import coarsened
from imagehub.vocabulary import Upload, UploadMetadata

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOTHING = UploadMetadata(taken_at=None, latitude=None, longitude=None, device=None)
UPLOAD = Upload(
    id=UUID(int=1),
    account_id=UUID(int=2),
    claimed_label="/m/0bt9lr",
    photo_sha256="0" * 64,
    accepted_at=NOW,
    metadata=NOTHING,
)


@pytest.mark.parametrize(
    ("moment", "is_kept"),
    [
        (datetime(1000, 1, 1, tzinfo=UTC), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1989, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1990, 1, 1, tzinfo=timezone(timedelta(hours=14))), False),
        (NOW, True),
        (NOW + timedelta(hours=14), True),
        (NOW + timedelta(days=1), True),
        (NOW + timedelta(days=1, seconds=1), False),
        (datetime(2099, 1, 1, tzinfo=UTC), False),
        (datetime(2999, 12, 31, tzinfo=UTC), False),
    ],
    ids=str,
)
def test_times_are_kept_from_1990_to_tomorrow(moment: datetime, is_kept: bool) -> None:
    metadata = replace(NOTHING, taken_at=moment)
    kept = coarsened(replace(UPLOAD, metadata=metadata)).metadata
    assert kept.taken_at == (moment if is_kept else None)
    assert ["time" in sentence for sentence in left_out(metadata, NOW)] == [True] * (not is_kept)


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_kept"),
    [
        (0.0, 0.0, False),
        (-0.0, 0.0, False),
        (0.04, -0.04, False),
        (0.0, 0.1, True),
        (0.1, 0.0, True),
        (90.0, 180.0, True),
        (-90.0, -180.0, True),
    ],
)
def test_the_place_zero_zero_is_left_out(latitude: float, longitude: float, is_kept: bool) -> None:
    metadata = replace(NOTHING, latitude=latitude, longitude=longitude)
    kept = coarsened(replace(UPLOAD, metadata=metadata)).metadata
    assert (kept.latitude is not None) == is_kept
    assert (kept.longitude is not None) == is_kept


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    assert left_out(NOTHING, NOW) == ()
    assert left_out(replace(NOTHING, latitude=48.1, longitude=0.0), NOW) == ()
