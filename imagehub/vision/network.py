"""What the hub knows of a network: where it comes from, what it wants and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class NetworkOutput(StrEnum):
    """What a network gives: features for embeddings, or probabilities of classes."""

    EMBEDDING = "embedding"
    CLASSES = "classes"


class Scores(StrEnum):
    """How the outputs of a class network belong together.

    Softmax: one class a photo, the outputs sum to 1. Sigmoid: each class for itself, many a photo.
    """

    SOFTMAX = "softmax"
    SIGMOID = "sigmoid"


class Colours(StrEnum):
    """The order of the colour channels that a network was trained with."""

    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True)
class Preparation:
    """From uint8 pixels to what the network was trained with: (pixel - mean) / scale.

    `mean` and `scale` are in the network's own order of colours. The hub feeds uint8 RGB; a
    prepared network has this step inside.
    """

    colours: Colours = Colours.RGB
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)


AS_IS = Preparation()
"""The file takes uint8 RGB itself."""


@dataclass(frozen=True, slots=True)
class Network:
    """One pretrained network in one role.

    It takes uint8 pixels of `side_pixels` square, RGB, one photo a call, and gives `outputs`
    numbers at `layer`, the output number `port` of its file; `unit` times such a number is a
    feature or a probability. `file` lies in the folder of networks and is None for a network made
    in code. `class_map` is the table that turns outputs into labels: a name in this package, or
    an absolute path.
    """

    name: str
    kind: NetworkOutput
    source: str
    licence: str
    side_pixels: int
    layer: str
    outputs: int
    sha256: str
    file: str | None = None
    class_map: str | None = None
    preparation: Preparation = AS_IS
    scores: Scores = Scores.SOFTMAX
    port: int = 0
    unit: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A network that can be used now; `path` is None where it is made in code."""

    network: Network
    path: Path | None


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks that verification looks with."""

    embedding: Found
    classes: Found | None

    def describe(self) -> dict[str, dict[str, str]]:
        """Name and sha256 of each: what a verdict's version records."""
        found = {"embedding": self.embedding, "classes": self.classes}
        return {
            role: {"name": choice.network.name, "sha256": choice.network.sha256}
            for role, choice in found.items()
            if choice is not None
        }
