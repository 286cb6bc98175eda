"""A small residual network in Keras, for training; `export` turns it into the hub's own form.

The Keras of TensorFlow's own line (tf_keras) is used, the one that TensorFlowOnSpark speaks to.
"""

from __future__ import annotations

from typing import Any

from training.resnet_config import NetworkConfig

MEAN = 127.5
SCALE = 64.0
MOMENTUM = 0.95
EPSILON = 1e-3
MIXED = "mixed_bfloat16"
"""Computes in bfloat16 and keeps every number that is learned in float32."""


def build(config: NetworkConfig, policy: str = "float32") -> Any:
    """Build the network: floats N x SIDE x SIDE x 3 from 0 to 255 -> [features, logits].

    The outputs are float32, N x config.features and N x config.classes. Any side works that is
    at least 32; `policy` is Keras' policy of precision.
    """
    from tf_keras import Model, layers

    pixels = layers.Input((None, None, 3), name="pixels")
    seen = layers.Rescaling(1 / SCALE, -MEAN / SCALE, name="preparation")(pixels)
    seen = _rectified(_normalised(seen, config.widths[0], (3, 2), "stem", policy), policy)
    seen = layers.MaxPool2D(3, 2, "same", name="pool", dtype=policy)(seen)
    for stage, (width, units) in enumerate(zip(config.widths, config.units, strict=True)):
        for number in range(units):
            stride = 2 if stage and not number else 1
            seen = _unit(seen, width, stride, unit_name(stage, number), policy)
    seen = _rectified(_normalised(seen, config.features, (1, 1), "last", policy), policy)
    features = layers.GlobalAveragePooling2D(name="features", dtype="float32")(seen)
    logits = layers.Dense(config.classes, name="classes", dtype="float32")(features)
    return Model(pixels, [features, logits], name="small_resnet")


def unit_name(stage: int, number: int) -> str:
    """Its layers are called so, with `_first`, `_second` and `_beside` after it."""
    return f"stage{stage + 1}_unit{number + 1}"


def _unit(tensor: Any, width: int, stride: int, name: str, policy: str) -> Any:
    from tf_keras import layers

    main = _rectified(_normalised(tensor, width, (3, stride), f"{name}_first", policy), policy)
    main = _normalised(main, width, (3, 1), f"{name}_second", policy)
    beside = tensor
    if stride != 1 or tensor.shape[-1] != width:
        beside = _normalised(tensor, width, (1, stride), f"{name}_beside", policy)
    return _rectified(layers.add([main, beside], dtype=policy), policy)


def _normalised(tensor: Any, width: int, shape: tuple[int, int], name: str, policy: str) -> Any:
    """A convolution of `shape` (side, stride) and its batch normalisation."""
    from tf_keras import layers

    side, stride = shape
    found = layers.Conv2D(
        width,
        side,
        stride,
        "same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_convolution",
        dtype=policy,
    )(tensor)
    return layers.BatchNormalization(
        momentum=MOMENTUM, epsilon=EPSILON, name=f"{name}_normalisation", dtype=policy
    )(found)


def _rectified(tensor: Any, policy: str) -> Any:
    from tf_keras import layers

    return layers.ReLU(dtype=policy)(tensor)
