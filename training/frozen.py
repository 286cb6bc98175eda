"""A frozen network as TensorFlow operations, so that it and its head become one file.

The hub's networks are OpenVINO graphs of photos one at a time. Here the graph is walked once, from
the pixels to the features, with TensorFlow operations in place of OpenVINO's; what depends on no
pixel is worked out in NumPy on the way. Activations stay N x H x W x C in memory, whatever order
the graph speaks of, because phones want them so.
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


@dataclass(frozen=True, slots=True)
class Style:
    """How quantised steps of the graph are spoken: exactly, or left to who converts it next."""

    exact: bool


def features(model: Any, port: int, pixels: Any, style: Style) -> Any:
    """N x D float32 features, as the graph's output `port` gives them.

    `pixels` is a tensor of N x SIDE x SIDE x 3. Raises Refused(`network_not_portable`) naming the
    operation that is not known here.
    """
    import tensorflow as tf

    known: dict[tuple[str, int], Value] = {}
    result: Value | None = None
    for layer in model.get_ordered_ops():
        inputs = [_input(known, one) for one in layer.inputs()]
        kind = layer.get_type_name()
        if kind == "Result":
            if layer.get_friendly_name() == model.outputs[port].get_node().get_friendly_name():
                result = inputs[0]
            continue
        known[layer.get_name(), 0] = _apply(kind, layer, inputs, pixels, style)
    if not isinstance(result, Activation):
        raise _unknown("output without pixels")
    return tf.reshape(_as_graph_sees(result), [-1, _length(result.tensor)])


def _input(known: dict[tuple[str, int], Value], given: Any) -> Value:
    source = given.get_source_output()
    try:
        return known[source.get_node().get_name(), source.get_index()]
    except KeyError:
        raise _unknown(f"output {source.get_index()} of {source.get_node().get_type_name()}")  # noqa: B904 the key says nothing more


def _apply(kind: str, layer: Any, inputs: list[Value], pixels: Any, style: Style) -> Value:
    import tensorflow as tf

    if kind == "Parameter":
        return Activation(tf.cast(pixels, tf.float32))
    if kind == "Constant":
        return np.asarray(layer.get_data())
    if all(isinstance(one, np.ndarray) for one in inputs):
        return _folded(kind, layer, [np.asarray(one) for one in inputs])
    known = _ON_ACTIVATIONS.get(kind)
    if known is None:
        raise _unknown(kind)
    if kind in _TWO_SIDED:
        return known(inputs, layer.get_attributes(), style)
    if not isinstance(inputs[0], Activation) or not all(
        isinstance(one, np.ndarray) for one in inputs[1:]
    ):
        raise _unknown(f"{kind} of several activations")
    return known(inputs, layer.get_attributes(), style)


def _folded(kind: str, layer: Any, inputs: list[Constant]) -> Constant:
    """Let OpenVINO itself work out what depends on constants only."""
    import openvino as ov

    outputs = [ov.Tensor(np.zeros(out.get_shape(), _dtype(out))) for out in layer.outputs()]
    if not layer.evaluate(outputs, [ov.Tensor(np.ascontiguousarray(one)) for one in inputs]):
        raise _unknown(f"{kind} of constants")
    return np.array(outputs[0].data)


def _dtype(output: Any) -> Any:
    return output.get_element_type().to_dtype()


def _arithmetic(symbol: str) -> Callable[..., Value]:
    def apply(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
        import tensorflow as tf

        operation = {
            "Add": tf.add,
            "Subtract": tf.subtract,
            "Multiply": tf.multiply,
            "Divide": tf.divide,
        }[symbol]
        first = next(one.first for one in inputs if isinstance(one, Activation))
        return Activation(operation(*(_alike(one, first) for one in inputs)), first)

    return apply


def _alike(value: Value, first: bool) -> Any:
    """An operand in the order of bytes of the other one."""
    if isinstance(value, Activation):
        if value.first != first:
            raise _unknown("an operation on two orders of channels")
        return value.tensor
    constant = value.astype(np.float32)
    if first and constant.ndim:
        constant = constant.reshape((1,) * (4 - constant.ndim) + constant.shape)
        constant = constant.transpose(CHANNELS_LAST)
    return constant


def _convolution(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    weights = np.asarray(inputs[1]).transpose(2, 3, 1, 0)  # OIHW -> HWIO
    data, padding = _padded(_tensor(inputs[0], first=True), attributes)
    return Activation(
        tf.nn.conv2d(
            data, weights, attributes["strides"], padding, dilations=attributes["dilations"]
        ),
        True,
    )


def _group_convolution(inputs: list[Value], attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    weights = np.asarray(inputs[1])  # groups, out, in, H, W
    if weights.shape[2] != 1:
        raise _unknown("GroupConvolution of wide groups")
    strides = [1, *attributes["strides"], 1]
    data, padding = _padded(_tensor(inputs[0], first=True), attributes)
    deep = tf.nn.depthwise_conv2d(data, weights[:, :, 0].transpose(2, 3, 0, 1), strides, padding)
    return Activation(deep, True)


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
        raise _unknown("AvgPool with a border")
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
        raise _unknown("ReduceMean over channels")
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
    low, high, to_low, to_high = (_alike(one, data.first) for one in inputs[1:])
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
    raise _unknown(f"Transpose by {order}")


def _reshape(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    data, shape = _activation(inputs[0]), np.ravel(np.asarray(inputs[1]))
    if int((shape != 1).sum()) > 1:  # anything but one row for each photo
        raise _unknown("Reshape that keeps a picture")
    return Activation(tf.reshape(_as_graph_sees(data), [-1, _length(data.tensor)]))


def _concat(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    import tensorflow as tf

    rows = [_activation(one).tensor for one in inputs]
    if any(len(row.shape) != 2 for row in rows):  # anything but one row for each photo
        raise _unknown("Concat that keeps a picture")
    return Activation(tf.concat(rows, 1))


def _as_is(inputs: list[Value], _attributes: dict[str, Any], _style: Style) -> Value:
    return inputs[0]


def _activation(value: Value) -> Activation:
    if not isinstance(value, Activation):
        raise _unknown("an operation that begins with a constant")
    return value


def _tensor(value: Value, first: bool) -> Any:
    if not isinstance(value, Activation) or value.first != first:
        raise _unknown("an operation on channels in another order")
    return value.tensor


def _as_graph_sees(data: Activation) -> Any:
    import tensorflow as tf

    flat = len(data.tensor.shape) != 4 or tuple(data.tensor.shape[1:3]) == (1, 1)
    return data.tensor if flat or not data.first else tf.transpose(data.tensor, CHANNELS_FIRST)


def _length(tensor: Any) -> int:
    return int(np.prod([int(side) for side in tensor.shape[1:]]))


def _unknown(what: str) -> Refused:
    return Refused(
        "network_not_portable",
        f"The frozen network cannot be written for TensorFlow: {what} is not known to the exporter."
        " Choose another network in IMAGEHUB_EMBEDDING_NETWORK.",
    )


_TWO_SIDED = {"Add", "Subtract", "Multiply", "Divide"}
_ON_ACTIVATIONS: dict[str, Callable[..., Value]] = {
    **{symbol: _arithmetic(symbol) for symbol in _TWO_SIDED},
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
