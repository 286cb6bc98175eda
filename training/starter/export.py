"""From a trained Keras network to the arrays of the hub's own graph."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from imagehub.vision.network import Preparation, Scores
from imagehub.vision.pixels import take_pixels
from imagehub.vision.resnet import Convolution, Float32s, ResNet, Unit, build, fold
from training.starter.config import NetworkConfig
from training.starter.model import EPSILON, MEAN, SCALE, unit_name

PREPARATION = Preparation(mean=(MEAN, MEAN, MEAN), scale=(SCALE, SCALE, SCALE))


def to_arrays(model: Any, config: NetworkConfig, temperature: float, classes: int) -> ResNet:
    """Take the numbers out of a network of `training.model`; keep the first classes.

    The temperature divides the logits, so the network's probabilities are as likely as they say.
    Features are the means of the ends of all stages but the first, and of the last layer: what
    edges and textures a photo has, beside what it shows.
    """
    ends = np.cumsum(config.units) - 1
    kernel, bias = model.get_layer("classes").get_weights()
    return ResNet(
        stem=_folded(model, "stem", 2),
        is_pool_centred=False,
        units=tuple(
            _unit(model, unit_name(stage, number), 2 if stage and not number else 1)
            for stage, units in enumerate(config.units)
            for number in range(units)
        ),
        weights=np.ascontiguousarray(kernel.T[:classes] / temperature, np.float32),
        bias=np.asarray(bias[:classes] / temperature, np.float32),
        last=_folded(model, "last", 1),
        taps=tuple((int(end), 1.0) for end in ends[1:]),
    )


def balanced(network: ResNet, features: Float32s) -> ResNet:
    """Scale the parts of the features so that each weighs the same, judged by those of N photos.

    The hub takes the root of each feature, so a part weighs what its features add up to.
    """
    widths = [network.units[unit].main[-1].weights.shape[0] for unit, _ in network.taps]
    parts = np.split(features, np.cumsum(widths), axis=1)
    factors = [float(1 / part.sum(axis=1).mean()) for part in parts]
    taps = tuple((unit, factor) for (unit, _), factor in zip(network.taps, factors, strict=False))
    return dataclasses.replace(network, taps=taps, factor=factors[-1])


def feature_count(config: NetworkConfig) -> int:
    """How many features an exported network gives."""
    return sum(config.widths[1:]) + config.features


def to_graph(network: ResNet, side_pixels: int) -> Any:
    """The OpenVINO model: uint8 RGB 1 x SIDE x SIDE x 3 -> features and probabilities."""
    return take_pixels(build(network, side_pixels, Scores.SOFTMAX), PREPARATION, "NCHW")


def _unit(model: Any, name: str, stride: int) -> Unit:
    names = {layer.name for layer in model.layers}
    is_wider = f"{name}_beside_convolution" in names
    return Unit(
        (_folded(model, f"{name}_first", stride), _folded(model, f"{name}_second", 1)),
        _folded(model, f"{name}_beside", stride) if is_wider else None,
    )


def _folded(model: Any, name: str, stride: int) -> Convolution:
    (kernel,) = model.get_layer(f"{name}_convolution").get_weights()
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    found = model.get_layer(f"{name}_normalisation").get_weights()
    convolution = fold(kernel, dict(zip(names, found, strict=True)), EPSILON, stride)
    return dataclasses.replace(convolution, is_centred=False)
