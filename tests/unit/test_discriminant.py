"""The crowd's analysis: sums that add up, and an exact leave-one-out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.discriminant import (
    LEAST_FREEDOM,
    LEAST_WEIGHT,
    SHRINKAGE,
    Discriminant,
    LeftOut,
)
from tests.factories.crowds import DIMENSIONS, crowd_of

Float64s = npt.NDArray[np.float64]
DICE = np.random.default_rng(0)


@dataclass(frozen=True)
class Weighed:
    """Photos N x D, the label that each is claimed to be, and weights N."""

    photos: Float64s
    labels: list[str]
    weights: Float64s

    def but(self, out: set[int]) -> Weighed:
        kept = [index for index in range(len(self.labels)) if index not in out]
        return Weighed(self.photos[kept], [self.labels[i] for i in kept], self.weights[kept])

    def counts(self) -> dict[str, float]:
        claimed = np.array(self.labels)
        return {name: float(self.weights[claimed == name].sum()) for name in set(self.labels)}

    @property
    def freedom(self) -> float:
        return sum(weight - min(weight, 1.0) for weight in self.counts().values())


def brute_force(crowd: Weighed, photo: Float64s, names: list[str]) -> Float64s:
    """Fit again on the photos given, the plain way."""
    claimed, counts = np.array(crowd.labels), crowd.counts()
    means = {
        name: np.average(
            crowd.photos[claimed == name], axis=0, weights=crowd.weights[claimed == name]
        )
        for name in counts
    }
    residuals = crowd.photos - np.stack([means[label] for label in crowd.labels])
    within = (residuals * crowd.weights[:, None]).T @ residuals / crowd.freedom
    target = np.trace(within) / DIMENSIONS * np.eye(DIMENSIONS)
    inverse = np.linalg.inv((1 - SHRINKAGE) * within + SHRINKAGE * target)
    found = np.full(len(names), -np.inf)
    for index, name in enumerate(names):
        if counts.get(name, 0.0) >= LEAST_WEIGHT:
            apart = photo - means[name]
            wider = 1 + 1 / counts[name]
            found[index] = -(apart @ inverse @ apart) / 2 / wider - DIMENSIONS / 2 * np.log(wider)
    return found


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    data=st.data(),
)
def test_leaving_out_equals_fitting_again_without(
    seed: int, sizes: list[int], data: st.DataObject
) -> None:
    photos, labels = crowd_of(seed, sizes)
    names = sorted(set(labels))
    weights = data.draw(st.sampled_from([np.ones(len(labels)), DICE.uniform(0.2, 1, len(labels))]))
    whole = Weighed(photos, labels, weights)
    out = data.draw(st.sets(st.integers(0, len(labels) - 1), min_size=1, max_size=4))
    kept = whole.but(out)
    if not kept.labels or kept.freedom < LEAST_FREEDOM:
        return
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels, weights))
    of_label = [[i for i in sorted(out) if labels[i] == name] for name in names]
    left_out = [
        LeftOut(number, photos[some], weights[some]) for number, some in enumerate(of_label) if some
    ]
    photo = photos[min(out)]
    found = crowd.log_densities(photo, left_out)
    assert found is not None
    np.testing.assert_allclose(found, brute_force(kept, photo, names), rtol=1e-6, atol=1e-6)


@given(seed=st.integers(0, 1000), cut=st.integers(1, 14))
def test_statistics_of_parts_add_up(seed: int, cut: int) -> None:
    photos, labels = crowd_of(seed, [5, 4, 6])
    whole = CrowdStatistics.of(photos, labels)
    parts = [
        CrowdStatistics.of(photos[piece], labels[piece]) for piece in (slice(cut), slice(cut, None))
    ]
    merged = CrowdStatistics.merged(parts)
    assert merged.labels == whole.labels
    for name in ("counts", "sums", "gram"):
        np.testing.assert_allclose(getattr(merged, name), getattr(whole, name))


def test_too_few_photos_give_no_densities() -> None:
    photos, labels = crowd_of(1, [1, 1])
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels))
    assert crowd.log_densities(photos[0], [LeftOut(0, photos[:1], np.ones(1))]) is None
