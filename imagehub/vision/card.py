"""The card of a prepared network: what it is, how it was made, and how well it was kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from imagehub.vision.network import Colours, Network, NetworkOutput, Preparation, Scores

MODEL_FILE = "network.xml"
WEIGHTS_FILE = "network.bin"
LABELS_FILE = "labels.csv"
CARD_FILE = "card.json"

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
SHORT_DIGITS = 12

Triple = tuple[float, float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Features(_Part):
    """What the embedding is made of: `count` numbers of the layer that the source calls so."""

    layer: str
    count: int = Field(gt=0)


class Classes(_Part):
    """The class outputs, and how they belong together."""

    layer: str
    count: int = Field(gt=0)
    scores: Scores


class Figures(_Part):
    """int8 beside fp32; the photos compared are none of those calibrated on.

    `float_layers`: how many of the first layers stayed fp32.
    """

    calibrated_on: int
    compared_on: int
    top1_agreement: float | None
    neighbour_overlap: float | None
    float_layers: int

    def least(self) -> float:
        """The smaller of the two shares."""
        both = (self.top1_agreement, self.neighbour_overlap)
        return min(share for share in both if share is not None)


class Card(_Part):
    """Everything that is known of a prepared network.

    `files` are the SHA-256 of the files beside the card. `figures` is None for a network that
    stayed as it was read; where `precision` is fp32 they are the best that int8 reached before it
    was refused.
    """

    name: str = Field(pattern=f"^{NAME}$")
    source: str
    licence: str
    read_from: str
    read_sha256: str
    side_pixels: int = Field(gt=0)
    colours: Colours
    mean: Triple
    scale: Triple
    features: Features | None
    classes: Classes | None
    precision: Literal["int8", "fp32"]
    figures: Figures | None
    limits: tuple[str, ...]
    tools: dict[str, str]
    prepared_at: str
    files: dict[str, str]

    def sha256(self) -> str:
        """Hex digest of everything that decides what the network says."""
        deciding = self.model_dump(
            mode="json", include={"files", "side_pixels", "features", "classes"}
        )
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()

    def folder(self) -> str:
        """Name of the folder that holds exactly this network."""
        return f"{self.name}-{self.sha256()[:SHORT_DIGITS]}"

    def networks(self, folder: Path) -> list[Network]:
        """The network in each role that it can take; `place` is its folder, absolute.

        It is called as its folder: two that were prepared under one name are never mixed up. The
        file's outputs are the features and the probabilities, in this order.
        """
        outputs: list[tuple[NetworkOutput, Features | Classes]] = []
        if self.features is not None:
            outputs.append((NetworkOutput.EMBEDDING, self.features))
        if self.classes is not None:
            outputs.append((NetworkOutput.CLASSES, self.classes))
        return [
            Network(
                name=folder.name,
                kind=kind,
                source=self.source,
                licence=self.licence,
                side_pixels=self.side_pixels,
                layer=part.layer,
                outputs=part.count,
                sha256=self.sha256(),
                file=f"{folder.name}/{MODEL_FILE}",
                class_map=str(folder / LABELS_FILE) if kind is NetworkOutput.CLASSES else None,
                preparation=Preparation(self.colours, self.mean, self.scale),
                scores=self.classes.scores if self.classes else Scores.SOFTMAX,
                port=port,
            )
            for port, (kind, part) in enumerate(outputs)
        ]
