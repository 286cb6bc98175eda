"""A frozen network as TensorFlow operations, so that it and its head become one file.

The hub's networks are OpenVINO graphs of photos one at a time. Here the graph is walked once, from
the pixels to the features, with TensorFlow operations in place of OpenVINO's; what depends on no
pixel is worked out in NumPy on the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from training.operations import (
    OF_SEVERAL,
    ON_ACTIVATIONS,
    Activation,
    Constant,
    Style,
    Value,
    as_graph_sees,
    length,
    unknown,
)


def features(model: Any, port: int, pixels: Any, style: Style) -> Any:
    """N x D float32 features, as the graph's output `port` gives them.

    `pixels` is a tensor of N x SIDE x SIDE x 3. Raises Refused(`network_not_portable`) naming the
    operation that is not known here.
    """
    import tensorflow as tf

    known: dict[tuple[str, int], Value] = {}
    end = model.outputs[port].get_node()
    needed = _before(end)
    for layer in model.get_ordered_ops():
        if layer.get_name() in needed:
            inputs = [_input(known, source) for source in layer.inputs()]
            known[layer.get_name(), 0] = _apply(layer, inputs, pixels, style)
    result = _input(known, end.inputs()[0])
    if not isinstance(result, Activation):
        raise unknown("output without pixels")
    return tf.reshape(as_graph_sees(result), [-1, length(result.tensor)])


def require_portable(model: Any, port: int, side_pixels: int) -> None:
    """Raise what `features` would raise, before anything is trained on this network."""
    nothing = np.zeros((1, side_pixels, side_pixels, 3), np.float32)
    features(model, port, nothing, Style(exact=True))


def _before(end: Any) -> set[str]:
    """Names of the layers that this one depends on."""
    found: set[str] = set()
    waiting = [source.get_source_output().get_node() for source in end.inputs()]
    while waiting:
        layer = waiting.pop()
        if layer.get_name() not in found:
            found.add(layer.get_name())
            waiting += [source.get_source_output().get_node() for source in layer.inputs()]
    return found


def _input(known: dict[tuple[str, int], Value], input_node: Any) -> Value:
    source = input_node.get_source_output()
    try:
        return known[source.get_node().get_name(), source.get_index()]
    except KeyError:
        raise unknown(f"output {source.get_index()} of {source.get_node().get_type_name()}")  # noqa: B904 the key says nothing more


def _apply(layer: Any, inputs: list[Value], pixels: Any, style: Style) -> Value:
    import tensorflow as tf

    kind = layer.get_type_name()
    if kind == "Parameter":
        return Activation(tf.cast(pixels, tf.float32))
    if kind == "Constant":
        return np.asarray(layer.get_data())
    if all(isinstance(value, np.ndarray) for value in inputs):
        return _folded(kind, layer, [np.asarray(value) for value in inputs])
    known = ON_ACTIVATIONS.get(kind)
    if known is None:
        raise unknown(kind)
    attributes = {**layer.get_attributes(), "name": layer.get_friendly_name()}
    if kind in OF_SEVERAL:
        return known(inputs, attributes, style)
    if not isinstance(inputs[0], Activation) or not all(
        isinstance(value, np.ndarray) for value in inputs[1:]
    ):
        raise unknown(f"{kind} of several activations")
    return known(inputs, attributes, style)


def _folded(kind: str, layer: Any, inputs: list[Constant]) -> Constant:
    """Let OpenVINO itself work out what depends on constants only."""
    import openvino as ov

    outputs = [ov.Tensor(np.zeros(out.get_shape(), _dtype(out))) for out in layer.outputs()]
    if not layer.evaluate(outputs, [ov.Tensor(np.ascontiguousarray(value)) for value in inputs]):
        raise unknown(f"{kind} of constants")
    return np.array(outputs[0].data)


def _dtype(output: Any) -> Any:
    return output.get_element_type().to_dtype()
