"""A pretrained network whose later convolutions are trained on, with a head behind them.

The head is fitted to the network's features first: behind one that knows nothing, the first steps
would spoil the features (Kumar et al. 2022, arXiv:2202.10054). The graph has its normalisations
folded into the kernels, and what rounds to int8 is left out until the export.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from training import frozen, head
from training.checkpoint import Checkpoint
from training.operations import Style
from training.pretrained import Pretrained

Kernels = Mapping[str, npt.NDArray[np.float32]]


def kernels(network: Pretrained) -> Kernels:
    """The kernels that are trained on, by their layers: of the later half of the convolutions."""
    found = {}

    def keep(name: str, kernel: Any) -> Any:
        found[name] = kernel
        return kernel

    nothing = np.zeros((1, network.side_pixels, network.side_pixels, 3), np.float32)
    frozen.features(network.graph, network.port, nothing, Style(exact=False, kernel=keep))
    return {name: found[name].astype(np.float32) for name in list(found)[len(found) // 2 :]}


def start(network: Pretrained, fitted: Checkpoint) -> Checkpoint:
    """What training begins from: the network as it is, with a head that fits it."""
    return Checkpoint((*kernels(network).values(), *fitted.weights))


def parts(network: Pretrained, found: Checkpoint) -> tuple[Kernels, Checkpoint]:
    """What was trained: the kernels by their layers, and the head."""
    names = list(kernels(network))
    return dict(zip(names, found.weights, strict=False)), Checkpoint(found.weights[len(names) :])


def features(network: Pretrained, trained: Mapping[str, Any], pixels: Any) -> Any:
    """N x D features, with these kernels in place of the graph's own."""
    style = Style(exact=False, kernel=lambda name, kernel: trained.get(name, kernel))
    return frozen.features(network.graph, network.port, pixels, style)


def model(network: Pretrained, classes: int) -> Any:
    """A tf_keras model from N x SIDE x SIDE x 3 photos, 0 to 255, to N x classes logits."""
    import tf_keras as keras

    side = network.side_pixels
    pixels = keras.layers.Input((side, side, 3), name="photo")
    return keras.Sequential([pixels, _seen(network), *head.layers(classes)])


def _seen(network: Pretrained) -> Any:
    import tf_keras as keras

    own = kernels(network)

    class UnfrozenNetwork(keras.layers.Layer):  # type: ignore[misc]  # has no types
        """The network, the later kernels of which are the layer's weights."""

        def build(self, _shape: Any) -> None:
            """Make the weights."""
            self.trained = {
                name: self.add_weight(f"kernel_{number}", kernel.shape)
                for number, (name, kernel) in enumerate(own.items())
            }

        def call(self, pixels: Any) -> Any:
            """Photos to features."""
            return features(network, self.trained, pixels)

    return UnfrozenNetwork(name="network")
