"""Small networks that know a few drawings, as files of the formats that an operator may bring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from imagehub.vision import drawn

SIDE = drawn.SIDE_PIXELS
COLOURS = ((210, 50, 50), (50, 190, 60), (60, 70, 220), (215, 215, 205))
"""Of the paper that is drawn on: each is a class, with the label of the same place in MIDS."""

Float32s = npt.NDArray[np.float32]

MIDS = ("/m/06fvc", "/m/038hg", "/m/01g6gs", "/m/083vt")


def drawings(count: int, seed: int = 0) -> list[npt.NDArray[np.uint8]]:
    """Drawings of SIDE pixels on paper of the COLOURS in turn, no two alike."""
    dice = np.random.default_rng(seed)
    return [_draw(COLOURS[number % len(COLOURS)], dice) for number in range(count)]


def weights() -> tuple[Float32s, Float32s, Float32s]:
    """Filters 30 x 3 x 11 x 11, and of the classes the weights 30 x 4 and the bias 4.

    The nearest of four means of features, as a linear rule: right about nearly all drawings.
    """
    filters = drawn.filters()
    seen = _features(np.stack(drawings(80, seed=99)), filters)
    means = np.stack([seen[kind :: len(COLOURS)].mean(axis=0) for kind in range(len(COLOURS))])
    spread = float(np.square(seen - np.tile(means, (20, 1))).sum(axis=1).mean())
    middle = means.mean(axis=0)
    bias = (np.square(middle).sum() - np.square(means).sum(axis=1)) / 2 / spread
    return filters, ((means - middle).T / spread).astype(np.float32), bias.astype(np.float32)


def write_onnx(path: Path) -> Path:
    """Pixels 0-255 RGB, NCHW -> tensors `pooled` (30) and `classes` (softmax of 4)."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    filters, kernel, bias = weights()
    arrays = {"filters": filters, "kernel": kernel, "bias": bias}
    nodes = [
        helper.make_node("Conv", ["pixels", "filters"], ["found"], strides=[2, 2], pads=[5] * 4),
        helper.make_node("Relu", ["found"], ["kept"]),
        helper.make_node("GlobalAveragePool", ["kept"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["row"]),
        helper.make_node("Gemm", ["row", "kernel", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["classes"], axis=1),
    ]
    given = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])
    said = helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["N", len(COLOURS)])
    stored = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "own", [given], [said], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, path)
    return path


def write_saved_model(path: Path) -> Path:
    """Pixels 0-255 RGB, NHWC -> `pooled` (30) and `logits` (4)."""
    import tensorflow as tf

    filters, kernel, bias = (tf.constant(part, tf.float32) for part in weights())

    class Own(tf.Module):  # type: ignore[misc] # TensorFlow has no types
        @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 3], tf.float32)])  # type: ignore[untyped-decorator]
        def look(self, pixels: Any) -> dict[str, Any]:
            padded = tf.pad(pixels, [[0, 0], [5, 5], [5, 5], [0, 0]])
            found = tf.nn.conv2d(padded, tf.transpose(filters, [2, 3, 1, 0]), 2, "VALID")
            pooled = tf.reduce_mean(tf.nn.relu(found), [1, 2])
            return {"pooled": pooled, "logits": pooled @ kernel + bias}

    own = Own()
    tf.saved_model.save(own, str(path), signatures={"serving_default": own.look})
    return path


def write_tflite(path: Path) -> Path:
    """The same as the SavedModel, in float32."""
    import tensorflow as tf

    folder = write_saved_model(path.with_suffix(""))
    path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert())
    return path


def _features(pixels: npt.NDArray[np.uint8], filters: Float32s) -> Float32s:
    import tensorflow as tf

    padded = np.pad(pixels.astype(np.float32), [(0, 0), (5, 5), (5, 5), (0, 0)])
    found = tf.nn.conv2d(padded, filters.transpose(2, 3, 1, 0), 2, "VALID")
    return np.asarray(tf.reduce_mean(tf.nn.relu(found), [1, 2]), np.float32)


def _draw(paper: tuple[int, int, int], dice: np.random.Generator) -> npt.NDArray[np.uint8]:
    shade = np.clip(np.array(paper) + dice.integers(-40, 41, 3), 0, 255)
    picture = Image.new("RGB", (SIDE, SIDE), tuple(int(part) for part in shade))
    pen = ImageDraw.Draw(picture)
    colour = tuple(int(part) for part in dice.integers(0, 256, 3))
    x, y, reach, gap = (int(part) for part in dice.integers((4, 4, 16, 7), (40, 40, 52, 20)))
    kind = int(dice.integers(4))
    if kind == 0:
        pen.ellipse((x, y, x + reach, y + reach), colour)
    elif kind == 1:
        pen.rectangle((x, y, x + reach, y + reach), colour)
    else:
        for step in range(0, reach, gap):
            pen.line((x + step, y, x + step, y + reach), colour, 3)
            if kind == 3:
                pen.line((x, y + step, x + reach, y + step), colour, 3)
    return np.asarray(picture)
