"""The networks that the hub knows: where each comes from, what it wants and what it gives.

A network is looked up by file name in the folder `settings.models` and used only if its bytes are
the ones written here. Where no file is present, the network that is made in code takes over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision import drawn

AUTO = "auto"
NONE = "none"


class Kind(StrEnum):
    """What a network gives: features for embeddings, or probabilities of classes."""

    EMBEDDING = "embedding"
    CLASSES = "classes"


@dataclass(frozen=True, slots=True)
class Network:
    """One pretrained network.

    It takes uint8 pixels of `side_pixels` square, RGB, one photo a call, and gives `outputs`
    numbers at `layer`. `file` is None for a network made in code. `class_map` names the table of
    this package that turns outputs into labels.
    """

    name: str
    kind: Kind
    source: str
    licence: str
    side_pixels: int
    layer: str
    outputs: int
    sha256: str
    file: str | None = None
    class_map: str | None = None


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
            role: {"name": one.network.name, "sha256": one.network.sha256}
            for role, one in found.items()
            if one is not None
        }


MOBILENET_V1_EMBEDDING = Network(
    name="mobilenet-v1-embedding",
    kind=Kind.EMBEDDING,
    source="MobileNet v1 1.0 224, int8, cut after its average pooling (TensorFlow Lite)",
    licence="Apache-2.0",
    side_pixels=224,
    layer="MobilenetV1/Logits/AvgPool_1a/AvgPool",
    outputs=1024,
    sha256="f409ef4f73fcbb9667841965623c5c8524aac33d41b9bf5f3667161fb4a76319",
    file="mobilenet_v1_embedding_int8.tflite",
)
MOBILENET_V2_IMAGENET = Network(
    name="mobilenet-v2-imagenet",
    kind=Kind.CLASSES,
    source="MobileNet v2 1.0 224 with ImageNet classes, int8 (TensorFlow Lite)",
    licence="Apache-2.0",
    side_pixels=224,
    layer="Identity",
    outputs=1001,
    sha256="5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c",
    file="mobilenet_v2_imagenet_int8.tflite",
    class_map="imagenet.csv",
)
DRAWN = Network(
    name="drawn",
    kind=Kind.EMBEDDING,
    source="made in code: Gabor and colour filters with fixed numbers",
    licence="the hub's own",
    side_pixels=drawn.SIDE_PIXELS,
    layer="features",
    outputs=drawn.FEATURES,
    sha256=drawn.digest(),
)
NETWORKS = (MOBILENET_V1_EMBEDDING, MOBILENET_V2_IMAGENET, DRAWN)
"""All known networks, the best of each kind first."""


def choose(settings: Settings) -> Networks:
    """Choose by the settings; raise Misconfigured if a named network is missing or was changed."""
    embedding = _choose(settings.embedding_network, Kind.EMBEDDING, settings.models)
    if embedding is None:
        raise Misconfigured(
            "IMAGEHUB_EMBEDDING_NETWORK=none cannot work: without embeddings no photo can be"
            " compared. Set it to auto."
        )
    return Networks(embedding, _choose(settings.class_network, Kind.CLASSES, settings.models))


def find(network: Network, models: Path) -> Found | None:
    """The network if it can be used now, None if its file is missing.

    Raises Misconfigured if the file is there and is not the one that is known.
    """
    if network.file is None:
        return Found(network, None)
    path = models / network.file
    if not path.is_file():
        return None
    with path.open("rb") as file:
        have = hashlib.file_digest(file, "sha256").hexdigest()
    if have != network.sha256:
        raise Misconfigured(
            f"{path} is not the known {network.name}: its sha256 begins with {have[:12]}, not"
            f" {network.sha256[:12]}. Fetch the file again, or take it away."
        )
    return Found(network, path)


def _choose(wanted: str, kind: Kind, models: Path) -> Found | None:
    known = [network for network in NETWORKS if network.kind is kind]
    if wanted == NONE:
        return None
    if wanted == AUTO:
        return next((found for network in known if (found := find(network, models))), None)
    for network in known:
        if network.name == wanted:
            found = find(network, models)
            if found is None:
                raise Misconfigured(
                    f"The network {wanted} needs the file {models / str(network.file)}, which is"
                    " missing. Put it there, name another folder in IMAGEHUB_MODELS, or set"
                    f" IMAGEHUB_{'EMBEDDING' if kind is Kind.EMBEDDING else 'CLASS'}_NETWORK=auto."
                )
            return found
    names = ", ".join(network.name for network in known)
    raise Misconfigured(f"{wanted} is no {kind} network of the hub. Known are: {AUTO}, {names}.")
