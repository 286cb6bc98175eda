"""From the view of a photo to its embedding and classes, as one version of verification sees it.

Jobs and web alike embed photos with this, so that what they embed can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.network import Networks
from imagehub.vision.projection import Projection
from imagehub.vision.registry import NONE, choose

Pixels = npt.NDArray[np.uint8]
Described = Mapping[str, Mapping[str, Any]]
"""Name and sha256 of each network of a version, as `Networks.describe` gives it."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedPhotos:
    """What was seen in N photos: embeddings N x 256, and probabilities by label of each."""

    embeddings: npt.NDArray[np.float32]
    classes: list[dict[str, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """The networks and the projection of a version. Safe to share between threads."""

    featurizer: Featurizer
    projection: Projection

    @classmethod
    def open(cls, settings: Settings, networks: Described, projection: bytes) -> Embedder:
        """Get ready to embed as a version does; `projection` is its .npz.

        Raises Misconfigured if this machine has other networks.
        """
        return cls(open_featurizer(settings, networks), Projection.from_bytes(projection))

    def look(self, views: Sequence[Pixels]) -> EmbeddedPhotos:
        """Look at upright RGB views, each uint8 H x W x 3."""
        seen = self.featurizer.look(views)
        return EmbeddedPhotos(self.projection.apply(seen.features), seen.classes)


def open_featurizer(
    settings: Settings, networks: Described, only_features: bool = False
) -> Featurizer:
    """The networks of a version; raise Misconfigured if this machine has others."""
    pinned = pin(settings, networks)
    if pinned is None:
        raise Misconfigured(
            f"This machine's networks in {settings.models} are not those of the verification"
            f" version: {networks}. Give all machines the same files."
        )
    chosen = choose(pinned)
    return Featurizer(Networks(chosen.embedding, None) if only_features else chosen)


def pin(settings: Settings, networks: Described) -> Settings | None:
    """Settings that choose a version's networks by name, whatever other ones are present.

    None if this machine lacks one of them, or has another under its name.
    """
    names = {role: str(network["name"]) for role, network in networks.items()}
    if "embedding" not in names:
        return None
    pinned = replace(
        settings,
        embedding_network=names["embedding"],
        class_network=names.get("classes", NONE),
    )
    try:
        return pinned if choose(pinned).describe() == networks else None
    except Misconfigured:
        return None
