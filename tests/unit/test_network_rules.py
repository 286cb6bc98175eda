"""What outputs mean as labels, and how alike two networks are: rules on numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imagehub.vision import class_map
from imagehub.vision.class_map import ClassMap
from imagehub.vision.comparison import NetworkComparison, Outputs, compare
from imagehub.vision.network import Scores

MIDS = st.sampled_from([None, "/m/01", "/m/02", "/m/03"])
ROWS = arrays(np.float32, 60, elements=st.floats(0, 1, width=32))
FEATURES = arrays(
    np.float32, (14, 5), elements=st.floats(0, 8, width=16), unique=True, fill=st.nothing()
)


@given(st.lists(MIDS, min_size=60, max_size=60), ROWS, st.sampled_from(Scores))
def test_the_likeliest_labels_come_first_and_are_probabilities(
    mids: list[str | None], row: np.ndarray, scores: Scores
) -> None:
    found = ClassMap(tuple(mids), frozenset(), scores).likeliest(row)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert all(0 < probability <= 1 for probability in found.values())
    assert set(found) <= {mid for mid in mids if mid}
    assert len(found) <= class_map.MOST_LABELS[scores]


@given(st.lists(MIDS, min_size=60, max_size=60), ROWS)
def test_of_classes_each_for_itself_the_largest_of_a_label_counts(
    mids: list[str | None], row: np.ndarray
) -> None:
    found = ClassMap(tuple(mids), frozenset(), Scores.SIGMOID).likeliest(row)
    for mid, probability in found.items():
        largest = max(p for p, named in zip(row, mids, strict=True) if named == mid)
        assert probability == pytest.approx(float(largest), abs=1e-4)


def test_many_labels_may_be_true_of_one_photo() -> None:
    mids = tuple(f"/m/{number:03}" for number in range(30))
    sure = np.full(30, 0.9, np.float32)
    assert len(ClassMap(mids, frozenset(), Scores.SIGMOID).likeliest(sure)) == 30


@given(st.lists(MIDS, max_size=40))
def test_a_label_list_survives_being_written_as_a_table(mids: list[str | None]) -> None:
    assert class_map.parse(class_map.table_of(mids), len(mids)).mids == tuple(mids)


@given(FEATURES, st.floats(0.01, 100))
def test_a_network_says_what_it_says_itself_at_any_size(
    features: np.ndarray, factor: float
) -> None:
    outputs = Outputs(features, features)
    assert compare(outputs, outputs) == NetworkComparison(len(features), 1.0, 1.0)
    larger = Outputs((features * np.float32(factor)).astype(np.float32), features)
    found = compare(outputs, larger).neighbour_overlap
    assert found is not None
    assert found > 0.9  # photos at equal angles may change places


@given(FEATURES, FEATURES)
def test_shares_are_shares_and_below_the_threshold_is_not_good(
    one: np.ndarray, other: np.ndarray
) -> None:
    found = compare(Outputs(one, one), Outputs(other, other))
    assert found.top1_agreement is not None
    assert found.neighbour_overlap is not None
    assert 0 <= found.top1_agreement <= 1
    assert 0 <= found.neighbour_overlap <= 1
    assert found.is_good == (min(found.top1_agreement, found.neighbour_overlap) >= 0.97)


def test_what_a_network_does_not_give_is_not_compared() -> None:
    row = np.eye(12, dtype=np.float32)
    assert compare(Outputs(row, None), Outputs(row, None)).top1_agreement is None
    assert compare(Outputs(None, row), Outputs(None, row)) == NetworkComparison(12, 1.0, None)
