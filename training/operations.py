"""OpenVINO's operations on photos, spoken by TensorFlow; training.frozen walks a graph with them.

Activations stay N x H x W x C in memory, whatever order the graph speaks of, because phones want
them so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Refused

Constant = npt.NDArray[Any]
CHANNELS_FIRST = (0, 3, 1, 2)
CHANNELS_LAST = (0, 2, 3, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What depends on the pixels; `first` says that the graph sees its channels first."""

    tensor: Any
    first: bool = False


Value = Activation | Constant


def as_it_is(_name: str, kernel: Constant) -> Any:
    """The kernel that the graph has."""
    return kernel


@dataclass(frozen=True, slots=True)
class Style:
    """How a graph is spoken.

    `exact`: quantised steps exactly, or left to who converts it next. `kernel` is asked for the
    kernel of each convolution, by its layer's name; it is given the graph's own, H x W x I x O.
    """

    exact: bool
    kernel: Callable[[str, Constant], Any] = as_it_is


def _arithmetic(symbol: str) -> Callable[..., Value]:
    def apply(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
        import tensorflow as tf

        operation = {
            "Add": tf.add,
            "Subtract": tf.subtract,
            "Multiply": tf.multiply,
            "Divide": tf.divide,
        }[symbol]
        first = next(value.first for value in inputs if isinstance(value, Activation))
        return Activation(operation(*(_alike(value, first) for value in inputs)), first)

    return apply


def _alike(value: Value, first: bool) -> Any:
    """An operand in the order of bytes of the other one."""
    if isinstance(value, Activation):
        if value.first != first:
            raise unknown("an operation on two orders of channels")
        return value.tensor
    constant = value.astype(np.float32)
    if first and constant.ndim:
        constant = constant.reshape((1,) * (4 - constant.ndim) + constant.shape)
        constant = constant.transpose(CHANNELS_LAST)
    return constant


def _convolution(inputs: list[Value], attributes: dict[str, Any], style: Style) -> Value:
    import tensorflow as tf

    kernel = style.kernel(attributes["name"], np.asarray(inputs[1]).transpose(2, 3, 1, 0))  # HWIO
    data, padding = _padded(_tensor(inputs[0], first=True), attributes)
    return Activation(
        tf.nn.conv2d(
            data, kernel, attributes["strides"], padding, dilations=attributes["dilations"]
        ),
        True,
    )


def _group_convolution(inputs: list[Value], attributes: dict[str, Any], style: Style) -> Value:
    import tensorflow as tf

    weights = np.asarray(inputs[1])  # groups, out, in, H, W
    if weights.shape[2] != 1:
        raise unknown("GroupConvolution of wide groups")
    strides = [1, *attributes["strides"], 1]
    data, padding = _padded(_tensor(inputs[0], first=True), attributes)
    kernel = style.kernel(attributes["name"], weights[:, :, 0].transpose(2, 3, 0, 1))
    return Activation(tf.nn.depthwise_conv2d(data, kernel, strides, padding), True)


def _padded(data: Any, attributes: dict[str, Any], fill: float = 0.0) -> tuple[Any, str]:
    import tensorflow as tf

    if attributes["auto_pad"] in ("same_upper", "valid"):
        return data, "SAME" if attributes["auto_pad"] == "same_upper" else "VALID"
    begin, end = attributes["pads_begin"], attributes["pads_end"]
    if any([*begin, *end]):
        sides = [[0, 0], *zip(begin, end, strict=True), [0, 0]]
        data = tf.pad(data, sides, constant_values=fill)
    return data, "VALID"


def _average_pool(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    if any([*attributes["pads_begin"], *attributes["pads_end"]]):
        raise unknown("AvgPool with a border")
    data = _tensor(inputs[0], first=True)
    pooled = tf.nn.avg_pool2d(data, attributes["kernel"], attributes["strides"], "VALID")
    return Activation(pooled, True)


def _max_pool(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data, padding = _padded(_tensor(inputs[0], first=True), attributes, float(np.float32(-3e38)))
    pooled = tf.nn.max_pool2d(data, attributes["kernel"], attributes["strides"], padding)
    return Activation(pooled, True)


def _mean(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data, axes = inputs[0], sorted(int(axis) % 4 for axis in np.ravel(np.asarray(inputs[1])))
    if not isinstance(data, Activation) or axes != ([2, 3] if data.first else [1, 2]):
        raise unknown("ReduceMean over channels")
    keep = attributes["keep_dims"]
    return Activation(tf.reduce_mean(data.tensor, [1, 2], keepdims=keep), data.first and keep)


def _clamp(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data, low, high = _activation(inputs[0]), attributes["min"], attributes["max"]
    if (low, high) == (0.0, 6.0):
        return Activation(tf.nn.relu6(data.tensor), data.first)
    return Activation(tf.clip_by_value(data.tensor, low, high), data.first)


def _relu(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data = _activation(inputs[0])
    return Activation(tf.nn.relu(data.tensor), data.first)


def _fake_quantize(inputs: list[Value], attributes: dict[str, Any], style: Style) -> Value:
    """Round to `levels` steps between two limits; said exactly, or only its change of range."""
    import tensorflow as tf

    data = _activation(inputs[0])
    low, high, to_low, to_high = (_alike(value, data.first) for value in inputs[1:])
    tensor = data.tensor
    steps = np.float32(attributes["levels"] - 1)
    if style.exact:
        share = (tf.clip_by_value(tensor, low, high) - low) / (high - low)
        return Activation(tf.round(share * steps) / steps * (to_high - to_low) + to_low, data.first)
    if np.array_equal(low, to_low) and np.array_equal(high, to_high):
        return data
    scale = (to_high - to_low) / (high - low)
    return Activation(tensor * scale + (to_low - low * scale), data.first)


def _transpose(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    data = _activation(inputs[0])
    order = tuple(int(axis) for axis in np.ravel(np.asarray(inputs[1])))
    if order == (CHANNELS_LAST if data.first else CHANNELS_FIRST):
        return Activation(data.tensor, not data.first)
    raise unknown(f"Transpose by {order}")


def _reshape(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data, shape = _activation(inputs[0]), np.ravel(np.asarray(inputs[1]))
    if int((shape != 1).sum()) > 1:  # anything but one row for each photo
        raise unknown("Reshape that keeps a picture")
    return Activation(tf.reshape(as_graph_sees(data), [-1, length(data.tensor)]))


def _concat(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    rows = [_activation(value).tensor for value in inputs]
    if any(len(row.shape) != 2 for row in rows):  # anything but one row for each photo
        raise unknown("Concat that keeps a picture")
    return Activation(tf.concat(rows, 1))


def _as_is(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    return inputs[0]


def _activation(value: Value) -> Activation:
    if not isinstance(value, Activation):
        raise unknown("an operation that begins with a constant")
    return value


def _tensor(value: Value, first: bool) -> Any:
    if not isinstance(value, Activation) or value.first != first:
        raise unknown("an operation on channels in another order")
    return value.tensor


def as_graph_sees(data: Activation) -> Any:
    """The tensor with its channels where the graph sees them, if that matters."""
    import tensorflow as tf

    flat = len(data.tensor.shape) != 4 or tuple(data.tensor.shape[1:3]) == (1, 1)
    return data.tensor if flat or not data.first else tf.transpose(data.tensor, CHANNELS_FIRST)


def length(tensor: Any) -> int:
    """How many numbers the tensor has for each photo."""
    return int(np.prod([int(side) for side in tensor.shape[1:]]))


def unknown(what: str) -> Refused:
    """The refusal of a network with something that is not known here."""
    return Refused(
        "network_not_portable",
        f"The frozen network cannot be written for TensorFlow: {what} is not known to the exporter."
        " Choose another network in IMAGEHUB_EMBEDDING_NETWORK.",
    )


_ARITHMETIC = ("Add", "Subtract", "Multiply", "Divide")
OF_SEVERAL = {*_ARITHMETIC, "Concat"}
"""Operations that may have more than one activation."""
ON_ACTIVATIONS: dict[str, Callable[..., Value]] = {
    **{symbol: _arithmetic(symbol) for symbol in _ARITHMETIC},
    "AvgPool": _average_pool,
    "Clamp": _clamp,
    "Concat": _concat,
    "Convert": _as_is,  # to float32, and to uint8 of what was rounded already
    "Convolution": _convolution,
    "FakeQuantize": _fake_quantize,
    "GroupConvolution": _group_convolution,
    "MaxPool": _max_pool,
    "ReduceMean": _mean,
    "Relu": _relu,
    "Reshape": _reshape,
    "Transpose": _transpose,
}
