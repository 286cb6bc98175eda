"""From a trained Keras network to the arrays of the hub's own graph."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from imagehub.vision.network import Preparation, Scores
from imagehub.vision.pixels import take_pixels
from imagehub.vision.resnet import Convolution, ResNet, Unit, build, fold
from training.starter.config import NetworkConfig
from training.starter.model import EPSILON, MEAN, SCALE, unit_name

PREPARATION = Preparation(mean=(MEAN, MEAN, MEAN), scale=(SCALE, SCALE, SCALE))


def to_arrays(model: Any, config: NetworkConfig, temperature: float, classes: int) -> ResNet:
    """Take the numbers out of a network of `training.model`; keep its first so many classes.

    The temperature divides the logits, so the network's probabilities are as likely as they say.
    """
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
    )


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
