"""Residual networks of the first kind (He et al., arXiv:1512.03385), as OpenVINO graphs of our own.

The readers of weight files make a `ResNet`, which is arrays and strides and nothing else;
`build` turns it into a graph. Batch normalisation is folded into the convolutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.vision.network import Scores

Float32s = npt.NDArray[np.float32]

FEATURES = "features"
PROBABILITIES = "probabilities"


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`weights` are outputs x inputs x height x width; the padding keeps the size at stride 1.

    `is_centred`: the margin is the same on every side; otherwise it is what TensorFlow calls SAME,
    which at stride 2 is more at the right and below.
    """

    weights: Float32s
    bias: Float32s
    stride: int = 1
    is_centred: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Convolutions beside a shortcut, which is the input where it is None.

    A basic unit has two convolutions, a bottleneck three.
    """

    main: tuple[Convolution, ...]
    shortcut: Convolution | None


@dataclass(frozen=True, slots=True, eq=False)
class ResNet:
    """All numbers of a network; `weights` of the classifier are classes x features.

    `last` is a convolution after the units, if there is one. `taps` are (unit, factor): features
    begin with the mean of these units' outputs over the picture, times the factor, and end with
    that of the last layer, times `factor`.
    `is_pool_centred`: the first pooling has a margin of one pixel on every side; otherwise it has
    what TensorFlow calls SAME, which is more at the right and below.
    """

    stem: Convolution
    is_pool_centred: bool
    units: tuple[Unit, ...]
    weights: Float32s
    bias: Float32s
    last: Convolution | None = None
    taps: tuple[tuple[int, float], ...] = ()
    factor: float = 1.0


def fold(
    kernel: Float32s, normalisation: Mapping[str, Float32s], epsilon: float, stride: int = 1
) -> Convolution:
    """Fold batch normalisation (Ioffe and Szegedy 2015) into the convolution before it.

    `kernel` is height x width x inputs x outputs, as TensorFlow keeps it. `normalisation` has
    gamma, beta, moving_mean and moving_variance, and bias where the convolution has one.
    """
    exact = {name: np.asarray(value, np.float64) for name, value in normalisation.items()}
    slope = exact["gamma"] / np.sqrt(exact["moving_variance"] + epsilon)
    offset = exact.get("bias", np.zeros_like(slope)) - exact["moving_mean"]
    weights = (np.asarray(kernel, np.float64) * slope).transpose(3, 2, 0, 1)
    bias = offset * slope + exact["beta"]
    return Convolution(
        np.ascontiguousarray(weights, np.float32), np.asarray(bias, np.float32), stride
    )


def build(network: ResNet, side_pixels: int, scores: Scores) -> Any:
    """Build the OpenVINO model: float32 1 x 3 x SIDE x SIDE -> features and probabilities.

    The outputs are 1 x D, the means over the picture, and 1 x CLASSES, made of the last of them.
    """
    import openvino as ov
    from openvino import opset13 as ops

    pixels = ops.parameter([1, 3, side_pixels, side_pixels], np.float32, name="pixels")
    seen = _pooled(_rectified(_convolved(pixels, network.stem)), network.is_pool_centred)
    taps = dict(network.taps)
    parts = []
    for number, unit in enumerate(network.units):
        seen = _united(seen, unit)
        if number in taps:
            parts.append(_times(_mean(seen), taps[number]))
    if network.last is not None:
        seen = _rectified(_convolved(seen, network.last))
    mean = _mean(seen)
    parts.append(_times(mean, network.factor))
    features = ops.concat(parts, 1) if network.taps else parts[0]
    logits = ops.add(ops.matmul(mean, network.weights, False, True), network.bias[None])
    classes = ops.sigmoid(logits) if scores is Scores.SIGMOID else ops.softmax(logits, 1)
    features.output(0).set_names({FEATURES})
    classes.output(0).set_names({PROBABILITIES})
    return ov.Model([features, classes], [pixels], "resnet")


def _united(tensor: Any, unit: Unit) -> Any:
    from openvino import opset13 as ops

    main, stride = tensor, 1
    for number, convolution in enumerate(unit.main):
        main = _convolved(_rectified(main) if number else main, convolution)
        stride *= convolution.stride
    if unit.shortcut is not None:
        beside = _convolved(tensor, unit.shortcut)
    else:
        beside = tensor if stride == 1 else _every(tensor, stride)
    return _rectified(ops.add(main, beside))


def _convolved(tensor: Any, convolution: Convolution) -> Any:
    from openvino import opset13 as ops

    margin = [side // 2 for side in convolution.weights.shape[2:]]
    strides = [convolution.stride] * 2
    found = ops.convolution(
        tensor,
        convolution.weights,
        strides,
        margin,
        margin,
        [1, 1],
        auto_pad="explicit" if convolution.is_centred else "same_upper",
    )
    return ops.add(found, convolution.bias.reshape(1, -1, 1, 1))


def _rectified(tensor: Any) -> Any:
    from openvino import opset13 as ops

    return ops.relu(tensor)


def _pooled(tensor: Any, is_centred: bool) -> Any:
    margin = [1, 1] if is_centred else [0, 0]
    return _max_pool(tensor, 3, 2, margin, "explicit" if is_centred else "same_upper")


def _mean(tensor: Any) -> Any:
    from openvino import opset13 as ops

    return ops.reduce_mean(tensor, np.array([2, 3]), keep_dims=False)


def _times(tensor: Any, factor: float) -> Any:
    from openvino import opset13 as ops

    return tensor if factor == 1 else ops.multiply(tensor, np.float32(factor))


def _every(tensor: Any, stride: int) -> Any:
    return _max_pool(tensor, 1, stride, [0, 0], "explicit")


def _max_pool(tensor: Any, kernel: int, stride: int, margin: list[int], padding: str) -> Any:
    from openvino import opset13 as ops

    return ops.max_pool(
        tensor, [stride] * 2, [1, 1], margin, margin, [kernel] * 2, auto_pad=padding
    ).output(0)
