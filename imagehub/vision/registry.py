"""The networks that the hub knows, and which of them it uses.

A network is looked up in the folder `settings.models` and used only if its bytes are the known
ones: those written here, or those on the card of a prepared network. A fresh hub has no such file
and looks with EfficientNet-Lite2, whose weights are a package that is installed with the hub.
"""

from __future__ import annotations

from pathlib import Path

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision import drawn, lite
from imagehub.vision.network import Found, Network, NetworkOutput, Networks
from imagehub.vision.prepared import prepared, require_intact, sha256_of
from imagehub.vision.recipes import RECIPES

__all__ = ["Found", "Network", "NetworkOutput", "Networks"]

AUTO = "auto"
NONE = "none"

MOBILENET_V1_EMBEDDING = Network(
    name="mobilenet-v1-embedding",
    kind=NetworkOutput.EMBEDDING,
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
    kind=NetworkOutput.CLASSES,
    source="MobileNet v2 1.0 224 with ImageNet classes, int8 (TensorFlow Lite)",
    licence="Apache-2.0",
    side_pixels=224,
    layer="Identity",
    outputs=1001,
    sha256="5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c",
    file="mobilenet_v2_imagenet_int8.tflite",
    class_map="imagenet.csv",
    unit=1 / 256,  # its int8 softmax counts in steps of that
)
DRAWN = Network(
    name=drawn.NAME,
    kind=NetworkOutput.EMBEDDING,
    source="made in code: Gabor and colour filters with fixed numbers",
    licence="the hub's own",
    side_pixels=drawn.SIDE_PIXELS,
    layer="features",
    outputs=drawn.FEATURES,
    sha256=drawn.digest(),
)
NETWORKS = (
    lite.EMBEDDING,
    lite.CLASSES,
    MOBILENET_V1_EMBEDDING,
    MOBILENET_V2_IMAGENET,
    DRAWN,
)
"""The networks that need no preparation, the best of each kind first."""


def choose(settings: Settings) -> Networks:
    """Choose by the settings; raise Misconfigured if a named network is missing or was changed.

    `auto` takes what was prepared, those of RECIPES first, then an operator's own, and else
    EfficientNet-Lite2; MobileNet and the one made in code are used by name. The name of a prepared
    network means the latest of that name, the name of its folder exactly that one.
    """
    embedding = _choose(settings.embedding_network, NetworkOutput.EMBEDDING, settings.models)
    if embedding is None:
        raise Misconfigured(
            "IMAGEHUB_EMBEDDING_NETWORK=none cannot work: without embeddings no photo can be"
            " compared. Set it to auto."
        )
    return Networks(
        embedding, _choose(settings.class_network, NetworkOutput.CLASSES, settings.models)
    )


def candidates(kind: NetworkOutput, models: Path) -> list[Network]:
    """All networks of a kind that could be used, in the order in which `auto` tries them."""
    ready = prepared(models)
    best = [
        network
        for name in RECIPES
        for model in ready
        if model.card.name == name
        for network in model.networks
    ]
    own = [
        network for model in ready if model.card.name not in RECIPES for network in model.networks
    ]
    return [network for network in [*best, *own, *NETWORKS] if network.kind is kind]


def find(network: Network, models: Path) -> Found | None:
    """The network if it can be used now, None if its file is missing.

    Raises Misconfigured if the file is there and is not the one that is known.
    """
    if network.file is None:
        return Found(network, None)
    path = models / network.file
    if not path.is_file():
        return None
    if "/" in network.file:
        for model in prepared(models):
            if model.card.sha256() == network.sha256:
                require_intact(model)
                return Found(network, path)
        return None
    have = sha256_of(path)
    if have != network.sha256:
        raise Misconfigured(
            f"{path} is not the known {network.name}: its sha256 begins with {have[:12]}, not"
            f" {network.sha256[:12]}. Fetch the file again, or take it away."
        )
    return Found(network, path)


def _choose(choice: str, kind: NetworkOutput, models: Path) -> Found | None:
    if choice == NONE:
        return None
    known = candidates(kind, models)
    if choice == AUTO:
        return next((found for network in known if (found := find(network, models))), None)
    latest = {model.card.name: model.folder.name for model in reversed(prepared(models))}
    for network in known:
        if network.name == latest.get(choice, choice):
            found = find(network, models)
            if found is not None:
                return found
            raise Misconfigured(
                f"The network {choice} needs the file {models / str(network.file)}, which is"
                f" missing. Put it there, name another folder in IMAGEHUB_MODELS, or set"
                f" {_variable(kind)}=auto."
            )
    if choice in RECIPES:
        raise Misconfigured(
            f"The network {choice} is missing in {models}. Prepare it with `python -m"
            f" imagehub.vision prepare {choice}`, or set {_variable(kind)}=auto."
        )
    names = ", ".join(dict.fromkeys([*RECIPES, *(network.name for network in known)]))
    raise Misconfigured(f"{choice} is no {kind} network of the hub. Known are: {AUTO}, {names}.")


def _variable(kind: NetworkOutput) -> str:
    return f"IMAGEHUB_{'EMBEDDING' if kind is NetworkOutput.EMBEDDING else 'CLASS'}_NETWORK"
