"""Cut a graph that was read from a file to the two outputs that the hub wants."""

from __future__ import annotations

from typing import Any

import numpy as np

from imagehub.errors import Refused
from imagehub.vision.network import Scores
from imagehub.vision.resnet import FEATURES, PROBABILITIES


def tensor_of(model: Any, name: str) -> Any:
    """The tensor of an OpenVINO model by its own name or its layer's; Refused if there is none."""
    for layer in model.get_ordered_ops():
        for output in layer.outputs():
            if name in output.names or layer.friendly_name == name:
                return output
    known = sorted(name for output in model.outputs for name in output.names)
    raise Refused(
        "no_such_tensor",
        f"The network has no tensor {name}. Its outputs are {', '.join(known) or 'unnamed'}.",
    )


def flat(tensor: Any, name: str, unit: float) -> Any:
    """The tensor as float32 1 x N, each number times `unit`; Refused unless it has N numbers."""
    from openvino import opset13 as ops

    shape = tensor.partial_shape
    sides = [int(side.get_length()) for side in shape] if shape.is_static else []
    if not sides or sides[0] != 1 or max(sides) != np.prod(sides):
        raise Refused(
            "wrong_shape",
            f"The tensor {name} is {shape} for one photo; one number for each feature or class is"
            " needed. Name the layer after the pooling.",
        )
    rows = ops.reshape(tensor, np.array([1, -1]), False)
    return (
        ops.multiply(ops.convert(rows, np.float32), np.float32(unit))
        if unit != 1
        else (ops.convert(rows, np.float32))
    )


def with_outputs(model: Any, features: Any | None, classes: Any | None) -> Any:
    """The model with these nodes as its outputs, named as every prepared network names them."""
    import openvino as ov

    named = [(features, FEATURES), (classes, PROBABILITIES)]
    outputs = []
    for node, name in named:
        if node is not None:
            node.output(0).set_names({name})
            outputs.append(node)
    return ov.Model(outputs, model.get_parameters(), model.friendly_name)


def probabilities(logits: Any, scores: Scores) -> Any:
    """Softmax or sigmoid of a 1 x CLASSES node."""
    from openvino import opset13 as ops

    return ops.sigmoid(logits) if scores is Scores.SIGMOID else ops.softmax(logits, 1)


def is_quantised(model: Any) -> bool:
    """True if the graph has quantised layers already."""
    return any(layer.get_type_name() == "FakeQuantize" for layer in model.get_ops())
