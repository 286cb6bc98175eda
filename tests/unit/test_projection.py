"""From features to embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from imagehub.vision.projection import (
    Moments,
    Projection,
    fit,
    prepare,
    random_projection,
)
from imagehub.vocabulary import EMBEDDING_DIMENSIONS


def features(rows: int, columns: int = 300, seed: int = 0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    hidden = dice.standard_normal((rows, 20)) @ dice.standard_normal((20, columns))
    return np.maximum(hidden, 0).astype(np.float32)


@pytest.mark.parametrize("columns", [100, 256, 300])
def test_a_random_projection_is_orthonormal_and_always_the_same(columns: int) -> None:
    one, other = random_projection(columns), random_projection(columns)
    kept = min(columns, EMBEDDING_DIMENSIONS)
    gram = one.basis[:, :kept].T @ one.basis[:, :kept]
    np.testing.assert_allclose(gram, np.eye(kept), atol=1e-5)
    np.testing.assert_array_equal(one.basis, other.basis)


def test_principal_components_keep_more_of_the_differences_than_random_ones() -> None:
    rows = features(400)
    prepared = prepare(rows)
    exact = np.linalg.norm(prepared[:, None] - prepared[None], axis=2)

    def loss(projection: Projection) -> float:
        placed = (prepared - projection.mean) @ projection.basis
        return float(np.abs(np.linalg.norm(placed[:, None] - placed[None], axis=2) - exact).mean())

    assert loss(fit(Moments.of(rows))) < loss(random_projection(300)) / 3


def test_moments_of_parts_add_up() -> None:
    rows = features(50)
    whole = fit(Moments.of(rows))
    parts = fit(Moments.of(rows[:20]) + Moments.of(rows[20:]))
    strong = slice(0, 20)
    np.testing.assert_allclose(parts.basis[:, strong], whole.basis[:, strong], atol=1e-4)


def test_embeddings_have_length_one_and_survive_being_written_down() -> None:
    rows = features(60)
    projection = fit(Moments.of(rows))
    again = Projection.from_bytes(projection.to_bytes())
    embedded = again.apply(rows)
    assert embedded.shape == (60, EMBEDDING_DIMENSIONS)
    assert embedded.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(embedded, projection.apply(rows))


def test_a_photo_without_features_is_placed_without_a_fault() -> None:
    assert np.isfinite(random_projection(300).apply(np.zeros((2, 300), np.float32))).all()
