"""A photo is embedded as a version of verification embeds it, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision.embedder import Embedder, pin
from imagehub.vision.projection import random_projection
from imagehub.vision.registry import DRAWN, choose
from imagehub.vocabulary import EMBEDDING_DIMENSIONS

VIEW = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=tmp_path / "none")


@pytest.mark.parametrize("name", ["auto", "drawn"])
def test_a_view_has_one_embedding_whatever_network_the_settings_prefer(
    settings: Settings, name: str
) -> None:
    version = choose(Settings(models=settings.models, embedding_network=name, class_network="none"))
    projection = random_projection(version.embedding.network.outputs).to_bytes()
    seen = Embedder.open(settings, version.describe(), projection).look([VIEW, VIEW])
    assert seen.embeddings.shape == (2, EMBEDDING_DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(seen.embeddings, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(*seen.embeddings)
    assert seen.classes == [{}, {}]


@pytest.mark.parametrize(
    "networks",
    [
        {"embedding": {"name": "drawn", "sha256": "0" * 64}},
        {"embedding": {"name": "nowhere", "sha256": DRAWN.sha256}},
        {},
    ],
)
def test_a_version_whose_networks_are_not_here_embeds_nothing(
    settings: Settings, networks: dict[str, dict[str, str]]
) -> None:
    assert pin(settings, networks) is None
    projection = random_projection(DRAWN.outputs).to_bytes()
    with pytest.raises(Misconfigured, match="not those of the verification version"):
        Embedder.open(settings, networks, projection)
