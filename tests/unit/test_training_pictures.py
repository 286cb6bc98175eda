"""Curves and confusion matrices as numbers, and the words about a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.catalogue.training.training_queries import TrainingEntry
from imagehub.errors import Refused
from imagehub.training_config import Base, read
from webapp.training import charts
from webapp.training import form as training_form
from webapp.training import words as training_words
from webapp.training.service import Watched, seconds_left

AT = datetime(2026, 5, 2, tzinfo=UTC)
VALUES = st.floats(0, 1e6, allow_nan=False)


def entry(**changes: Any) -> TrainingEntry:
    fields: dict[str, Any] = {
        "id": "x",
        "request_id": None,
        "account_id": None,
        "owner": None,
        "release_id": "pets-1",
        "manifest_sha256": bytes(32),
        "asked_at": AT,
        "config": read({"epochs": 10}).model_dump(mode="json"),
        "expected_minutes": 3.0,
        "state": "queued",
        "attempt": 0,
        "epochs_done": 0,
        "done": 0,
        "total": None,
        "photos_per_second": None,
        "reason": None,
        "started_at": None,
        "finished_at": None,
        "is_cancel_asked": False,
        "has_model": False,
        "place": 1,
    }
    return TrainingEntry(**{**fields, **changes})


def words(**changes: Any) -> str:
    found = entry(**changes)
    return training_words.standing(Watched(found, (), (), seconds_left(found), has_trainer=True))


@given(st.lists(VALUES, min_size=1, max_size=900), st.integers(0, 5000), st.booleans())
def test_a_curve_stays_in_its_picture_and_ends_with_the_last_value(
    values: list[float], last_step: int, is_share: bool
) -> None:
    found = charts.curve(list(enumerate(values, 1)), last_step, is_share)
    assert found is not None
    points = [tuple(map(float, point.split(","))) for point in found.points.split()]
    assert len(points) <= charts.MOST_POINTS + 1
    assert all(charts.LEFT <= x <= charts.RIGHT for x, _ in points)
    assert all(charts.TOP <= y <= charts.BOTTOM for _, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert len(found.levels) == charts.TICKS + 1


def test_a_curve_without_points_is_none() -> None:
    assert charts.curve([], 10, is_share=True) is None


@given(st.integers(1, 40).flatmap(lambda n: st.lists(
    st.lists(st.integers(0, 50), min_size=n, max_size=n), min_size=n, max_size=n)))  # fmt: skip
def test_a_matrix_shows_every_count_once_inside_its_picture(counts: list[list[int]]) -> None:
    names = [f"Label {number}" for number in range(len(counts))]
    found = charts.matrix(counts, names)
    assert sum(cell.photos for cell in found.cells) == sum(map(sum, counts))
    for cell in found.cells:
        assert found.margin <= cell.x <= found.width - found.side
        assert found.margin <= cell.y <= found.height - found.side
        assert 0 < cell.share <= 1
    assert found.has_numbers is (len(counts) <= charts.MOST_LARGE_CELLS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "It waits for its turn. It is next."),
        ({"place": 3}, "It waits for its turn. 2 wait before it."),
        ({"attempt": 1, "reason": "It fell."}, "goes on from its last epoch. It fell."),
        ({"state": "preparing", "is_cancel_asked": True}, "It is being stopped."),
        ({"state": "training", "done": 45, "total": 100}, "Epoch 5 of 10, step 45 of 100."),
        (
            {"state": "training", "done": 100, "total": 100, "photos_per_second": 9.0},
            "Epoch 10 of 10, step 100 of 100. About 45 seconds left.",
        ),
        ({"state": "failed", "reason": "No.", "finished_at": AT}, "No."),
        (
            {"state": "done", "started_at": AT, "finished_at": AT + timedelta(minutes=4)},
            "Done in 4 minutes.",
        ),
    ],
    ids=str,
)
def test_a_run_is_told_in_words(changes: dict[str, Any], said: str) -> None:
    assert said in words(**changes)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 second"), (59, "59 seconds"), (100, "2 minutes"), (9000, "2.5 hours")],
)
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert training_words.duration(seconds) == said


@given(st.sampled_from(Base), st.integers(1, 200), st.integers(2, 10_000))
def test_what_the_form_carries_on_is_the_wish_that_was_checked(
    base: Base, epochs: int, photos: int
) -> None:
    config = read({"base": base, "epochs": epochs, "photos_per_label": photos})
    assert read(training_form.wish(training_form.settled(config))) == config


@pytest.mark.parametrize("text", ["1e3", "-1", "٣", "9999999", "1.5"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Epochs: write a whole number"):
        training_form.wish(training_form.read({"epochs": text}))
