"""The scores by which verification is measured: known values, and rules that always hold."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.curation import measures
from deploy.curation.scoring import (
    average_precision,
    calibration_error,
    groups_by,
    pairs_within,
    reliability,
    score,
    sources,
)
from deploy.curation.seen import Seen
from ingestion.simulation.crowd import Crowd, CrowdUpload, Truth
from tests.benchmarks.curation import floors
from tests.benchmarks.curation.colluders import PLOTS, Plot, collude
from tests.benchmarks.curation.crowds import KnownCrowd

NAMES = st.sets(st.integers(0, 20))
RANKED = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30)


def test_a_score_counts_hits_false_alarms_and_misses() -> None:
    found = score({1, 2, 3, 4}, {3, 4, 5})
    assert (found.precision, found.recall) == (0.5, pytest.approx(2 / 3))
    assert found.f1 == pytest.approx(4 / 7)


def test_nothing_found_where_nothing_is_true_is_perfect() -> None:
    assert score(set(), set()).f1 == 1.0
    assert score(set(), {1}).f1 == 0.0
    assert score({1}, set()).f1 == 0.0


@given(NAMES, NAMES)
def test_f1_is_the_harmonic_mean_and_does_not_care_who_is_right(
    one: set[int], other: set[int]
) -> None:
    found, turned = score(one, other), score(other, one)
    assert found.f1 == turned.f1
    assert found.precision == turned.recall
    if found.hits:
        mean = 2 / (1 / found.precision + 1 / found.recall)
        assert found.f1 == pytest.approx(mean)


def test_average_precision_of_a_known_ranking() -> None:
    is_true = np.array([True, False, True, False])
    suspicion = np.array([0.9, 0.8, 0.7, 0.1])
    assert average_precision(is_true, suspicion) == pytest.approx((1 + 2 / 3) / 2)


def test_equal_suspicion_of_all_gives_the_share_that_is_true() -> None:
    assert average_precision(np.array([True, False, False, False]), np.zeros(4)) == 0.25


@given(RANKED, st.randoms(use_true_random=False))
def test_average_precision_depends_on_the_ranking_alone(
    ranked: list[tuple[bool, int]], dice: object
) -> None:
    shuffled = list(ranked)
    dice.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random, drawn by hypothesis
    values = []
    for rows, scale in ((ranked, 1.0), (shuffled, 3.0)):
        flags = np.array([flag for flag, _ in rows])
        values.append(average_precision(flags, np.array([scale * rank + 1 for _, rank in rows])))
    assert values[0] == pytest.approx(values[1])
    assert 0 < values[0] <= 1


def test_probabilities_that_are_right_as_often_as_they_say_have_no_calibration_error() -> None:
    probabilities = np.repeat([0.25, 0.75], 100)
    is_right = np.concatenate([np.arange(100) < 25, np.arange(100) < 75])
    assert calibration_error(reliability(probabilities, is_right, bins=2)) == 0.0


def test_probabilities_too_high_by_a_tenth_have_an_error_of_a_tenth() -> None:
    is_right = np.arange(100) % 5 > 0
    error = calibration_error(reliability(np.full(100, 0.9), is_right, bins=10))
    assert error == pytest.approx(0.1)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_bins_hold_every_image_once_and_equally_many(rows: list[tuple[float, bool]]) -> None:
    given_, right = (np.array(column) for column in zip(*rows, strict=True))
    bins = reliability(given_, right)
    sizes = [bucket.images for bucket in bins]
    assert sum(sizes) == len(rows)
    assert max(sizes) - min(sizes) <= 1
    assert 0 <= calibration_error(bins) <= 1


def test_a_copy_of_a_copy_repeats_the_first_upload() -> None:
    source = sources({"a": "", "b": "a", "c": "b", "d": ""})
    assert source == {"a": "a", "b": "a", "c": "a", "d": "d"}
    assert pairs_within(groups_by(source)) == {("a", "b"), ("a", "c"), ("b", "c")}


def seen(kind: str, outcome: str = "verified", **changes: object) -> Seen:
    fields: dict[str, object] = {
        "truth": Truth(kind, "Dog", str(changes.pop("original", ""))),
        "claimed": "Cat" if kind == "wrong_label" else "Dog",
        "code": "",
        "image_id": "1",
        "photo_sha256": "1",
        "keeper": "1",
        "outcome": outcome,
        "probability": 0.9 if outcome == "verified" else 0.1,
        "findings": frozenset(),
    }
    return Seen(**(fields | changes))  # type: ignore[arg-type] # the fields of a Seen


def test_wrong_labels_are_counted_among_good_and_wrong_uploads_that_landed() -> None:
    crowd = {
        "found": seen("wrong_label", "needs_review"),
        "missed": seen("wrong_label", "verified"),
        "false alarm": seen("good", "rejected"),
        "good": seen("good", "verified"),
        "blurred": seen("blurred", "needs_review"),
        "refused": seen("not_an_image", "", image_id=""),
        "copy": seen("near_duplicate", "rejected", original="good"),
    }
    figures = measures.figures(crowd)
    assert figures["wrong_label_f1"] == 0.5
    assert figures["wrong_label_f1_with_copies"] == pytest.approx(2 / 5)
    assert (figures["good_verified_share"], figures["good_rejected_share"]) == (0.5, 0.5)
    assert figures["refused_share"] == 1.0


def test_a_tiny_photo_is_found_by_its_finding_or_by_its_refusal() -> None:
    crowd = {
        "landed": seen("tiny", findings=frozenset({"tiny"})),
        "refused": seen("tiny", "", image_id="", code="too_small"),
        "missed": seen("tiny"),
        "good": seen("good"),
    }
    assert measures.figures(crowd)["tiny_f1"] == 0.8


def test_duplicate_pairs_are_found_by_image_and_by_keeper() -> None:
    crowd = {
        "a": seen("good", photo_sha256="1", keeper="k1"),
        "exact": seen("exact_duplicate", original="a", photo_sha256="1", keeper="k1"),
        "near": seen("near_duplicate", original="a", photo_sha256="2", keeper="k2"),
        "other": seen("good", photo_sha256="3", keeper="k2"),
    }
    figures = measures.figures(crowd)
    assert (figures["duplicate_precision"], figures["duplicate_recall"]) == (0.5, 1 / 3)
    assert (figures["near_duplicate_precision"], figures["near_duplicate_recall"]) == (0.0, 0.0)


def test_the_same_lie_about_one_image_counts_once() -> None:
    crowd = {
        "lie": seen("wrong_label"),
        "again": seen("wrong_label"),
        "truth": seen("good"),
        "rejected lie": seen("wrong_label", "rejected", image_id="2"),
    }
    assert measures.verified_wrong_share(crowd) == 0.5


def test_a_promise_is_kept_by_the_given_crowd_and_by_the_median_of_all() -> None:
    good = {floor.figure: 1.0 if floor.least else 0.0 for floor in floors.FLOORS}
    bad = {floor.figure: 0.0 if floor.least else 1.0 for floor in floors.FLOORS}
    assert all(promise.held for promise in floors.promises(floors.summary([good], [good, bad])))
    assert not any(promise.held for promise in floors.promises(floors.summary([good], [bad, bad])))
    assert not any(promise.held for promise in floors.promises(floors.summary([bad], [good, good])))
    assert not any(promise.held for promise in floors.promises({}))


LABELS = [("/m/1", "Ant"), ("/m/2", "Bee"), ("/m/3", "Cat"), ("/m/4", "Dog")]


def crowd_of(uploads: int, contributors: int) -> KnownCrowd:
    sent, truth = [], {}
    for number in range(uploads):
        mid, label = LABELS[number % len(LABELS)]
        sent.append(
            CrowdUpload(
                name=f"u{number}",
                id=uuid.UUID(int=number),
                file=Path(f"u{number}.jpg"),
                contributor=f"c{number % contributors}",
                mid=mid,
                label=label,
                taken_at="2026-05-01T00:00:00+00:00",
                latitude="0",
                longitude="0",
            )
        )
        truth[f"u{number}"] = Truth("good", label, "")
    return KnownCrowd(Crowd(Path(), tuple(sent)), truth)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_only_a_fifth_of_the_accounts_lies(plot: Plot) -> None:
    bent = collude(crowd_of(210, 10), plot, lie_share=1.0, seed=1)
    liars = Counter(
        upload.contributor
        for upload in bent.crowd.uploads
        if upload.label != bent.truth[upload.name].true_label
    )
    assert 1 <= len(liars) <= 2
    assert len({upload.id for upload in bent.crowd.uploads}) == len(bent.crowd.uploads)


def test_colluders_who_turn_tell_the_truth_at_first() -> None:
    turning = next(plot for plot in PLOTS if plot.name == "turning")
    bent = collude(crowd_of(200, 10), turning, lie_share=1.0, seed=1)
    lies = [upload.label != bent.truth[upload.name].true_label for upload in bent.crowd.uploads]
    assert not any(lies[:100])
    assert any(lies[100:])


def test_colluders_who_copy_send_each_lie_three_times() -> None:
    copying = Plot("copying", PLOTS[0].lies, copies=2)
    bent = collude(crowd_of(150, 15), copying, lie_share=1.0, seed=1)
    sent = Counter(
        upload.file
        for upload in bent.crowd.uploads
        if upload.label != bent.truth[upload.name].true_label
    )
    assert set(sent.values()) == {3}
