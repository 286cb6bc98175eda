"""Read a TensorFlow 1 checkpoint of slim's ResNet v1 (50, 101 or 152 layers, any width).

Variables are read by their names and nothing else of the checkpoint is used: no graph, no code.
Slim differs from Keras: a block's stride is in its last unit and in the middle convolution, the
convolutions have no bias, and the first pooling pads as TensorFlow's SAME does
(tensorflow/models, research/slim/nets/resnet_v1.py and resnet_utils.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from imagehub.errors import Misconfigured, Refused
from imagehub.vision.resnet import Convolution, Float32s, ResNet, Unit, fold

EPSILON = 1e-5
BLOCKS = 4
LAST = BLOCKS
"""The last block has stride 1, the others 2."""

Read = Callable[[str], Float32s]


def read_slim_resnet(prefix: Path, classes: int) -> ResNet:
    """Read `prefix`.index and `prefix`.data-*; raise Refused if it is not such a network."""
    try:
        import tensorflow as tf
    except ImportError as error:
        raise Misconfigured(
            "Reading a checkpoint needs TensorFlow: pip install 'deep-images-hub[training]'."
        ) from error
    try:
        checkpoint = tf.train.load_checkpoint(str(prefix))
    except (ValueError, tf.errors.OpError) as error:
        raise Refused(
            "not_a_checkpoint",
            f"{prefix} is no checkpoint: {prefix.name}.index and {prefix.name}.data-00000-of-00001"
            " must lie side by side and be whole.",
        ) from error
    scope = _scope(checkpoint.get_variable_to_shape_map(), prefix)

    def read(name: str) -> Float32s:
        try:
            return np.asarray(checkpoint.get_tensor(f"{scope}/{name}"), np.float32)
        except (ValueError, tf.errors.OpError) as error:
            raise Refused(
                "wrong_checkpoint", f"{prefix} has no readable variable {scope}/{name}."
            ) from error

    kernel = read("logits/weights")
    if kernel.shape[3] != classes:
        raise Refused(
            "wrong_checkpoint",
            f"{prefix} has {kernel.shape[3]:,} classes where {classes:,} are expected.",
        )
    return ResNet(
        stem=_folded(read, "conv1", 2),
        is_pool_centred=False,
        units=_units(read, scope, set(checkpoint.get_variable_to_shape_map())),
        weights=np.ascontiguousarray(kernel[0, 0].T),
        bias=read("logits/biases"),
    )


def _scope(shapes: dict[str, list[int]], prefix: Path) -> str:
    for name in shapes:
        scope, found, _ = name.partition("/logits/weights")
        if found and scope.startswith("resnet_v1") and "/" not in scope:
            return scope
    raise Refused(
        "wrong_checkpoint",
        f"{prefix} has no variable resnet_v1_…/logits/weights: it is not of slim's ResNet v1.",
    )


def _units(read: Read, scope: str, names: set[str]) -> tuple[Unit, ...]:
    units = []
    for block in range(1, BLOCKS + 1):
        number = 1
        while f"{scope}/{_unit_name(block, number)}/conv1/weights" in names:
            is_last = f"{scope}/{_unit_name(block, number + 1)}/conv1/weights" not in names
            stride = 2 if is_last and block != LAST else 1
            name = _unit_name(block, number)
            has_shortcut = f"{scope}/{name}/shortcut/weights" in names
            units.append(_unit(read, name, stride, has_shortcut))
            number += 1
    return tuple(units)


def _unit_name(block: int, unit: int) -> str:
    return f"block{block}/unit_{unit}/bottleneck_v1"


def _unit(read: Read, name: str, stride: int, has_shortcut: bool) -> Unit:
    return Unit(
        (
            _folded(read, f"{name}/conv1"),
            _folded(read, f"{name}/conv2", stride),
            _folded(read, f"{name}/conv3"),
        ),
        _folded(read, f"{name}/shortcut", stride) if has_shortcut else None,
    )


def _folded(read: Read, prefix: str, stride: int = 1) -> Convolution:
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    normalisation = {name: read(f"{prefix}/BatchNorm/{name}") for name in names}
    return fold(read(f"{prefix}/weights"), normalisation, EPSILON, stride)
