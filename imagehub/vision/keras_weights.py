"""Read the weights of Keras Applications' ResNet-50.

The file holds arrays: Keras loads them into a model that is built here, so no layer, no Lambda and
no code comes from the file.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from imagehub.errors import Misconfigured, Refused
from imagehub.vision.resnet import Convolution, ResNet, Unit, fold

EPSILON = 1.001e-5
BLOCKS = (3, 4, 6, 3)
"""Units in the blocks conv2 to conv5; the first unit of each block but the first has stride 2."""


def read_resnet50(path: Path, classes: int = 1000) -> ResNet:
    """Read a `.h5` or `.weights.h5` file; raise Refused if its arrays are not ResNet-50's."""
    try:
        import keras
    except ImportError as error:
        raise Misconfigured(
            "Reading Keras weights needs TensorFlow: pip install 'deep-images-hub[training]'."
        ) from error
    model = keras.applications.ResNet50(weights=None, classes=classes)
    for variable in model.variables:
        variable.assign(np.full(variable.shape, np.nan))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that the file lacks: they are found below
            model.load_weights(str(path))
        if any(np.isnan(value).any() for value in model.get_weights()):
            raise ValueError("some layers are missing in it")
    except (ValueError, OSError, KeyError) as error:
        raise Refused(
            "not_resnet50",
            f"{path} does not hold the weights of Keras Applications' ResNet-50 with {classes}"
            f" classes: {str(error).splitlines()[0]}",
        ) from error
    return of_keras(model)


def of_keras(model: Any) -> ResNet:
    """Take the numbers out of a Keras ResNet-50."""
    kernel, bias = model.get_layer("predictions").get_weights()
    return ResNet(
        stem=_folded(model, "conv1", 2),
        is_pool_centred=True,
        units=tuple(
            _unit(model, f"conv{block + 2}_block{unit + 1}", 2 if block and not unit else 1, unit)
            for block, units in enumerate(BLOCKS)
            for unit in range(units)
        ),
        weights=kernel.T.copy(),
        bias=bias,
    )


def _unit(model: Any, name: str, stride: int, number: int) -> Unit:
    first, second, third = (
        _folded(model, f"{name}_{n}", stride if n == 1 else 1) for n in (1, 2, 3)
    )
    shortcut = None if number else _folded(model, f"{name}_0", stride)
    return Unit((first, second, third), shortcut)


def _folded(model: Any, name: str, stride: int) -> Convolution:
    kernel, bias = model.get_layer(f"{name}_conv").get_weights()
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    normalisation = dict(zip(names, model.get_layer(f"{name}_bn").get_weights(), strict=True))
    return fold(kernel, normalisation | {"bias": bias}, EPSILON, stride)
