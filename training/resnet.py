"""A small residual network of the first kind, of basic units (He et al. 2015, arXiv:1512.03385).

The Keras of TensorFlow's own line (tf_keras) is used, the one that TensorFlowOnSpark speaks to.
"""

from __future__ import annotations

from typing import Any

STAGES = ((48, 2), (96, 2), (192, 2), (512, 1))
"""Channels and units of each stage; each but the first halves the picture."""

FEATURES = 1024
"""Before the mean over the picture, one convolution of 1 x 1 widens to so many channels."""

MEAN = 127.5
SCALE = 64.0
MOMENTUM = 0.95
EPSILON = 1e-3


def build(classes: int) -> Any:
    """Build the network: floats N x SIDE x SIDE x 3 from 0 to 255 -> logits, N x classes.

    Any side works that is at least 32.
    """
    from tf_keras import Model, layers

    pixels = layers.Input((None, None, 3), name="pixels")
    seen = layers.Rescaling(1 / SCALE, -MEAN / SCALE, name="preparation")(pixels)
    seen = _rectified(_normalised(seen, STAGES[0][0], (3, 2), "stem"))
    seen = layers.MaxPool2D(3, 2, "same", name="pool")(seen)
    for stage, (width, units) in enumerate(STAGES):
        for number in range(units):
            stride = 2 if stage and not number else 1
            seen = _unit(seen, width, stride, f"stage{stage + 1}_unit{number + 1}")
    seen = _rectified(_normalised(seen, FEATURES, (1, 1), "last"))
    features = layers.GlobalAveragePooling2D(name="features")(seen)
    return Model(pixels, layers.Dense(classes, name="classes")(features), name="small_resnet")


def _unit(tensor: Any, width: int, stride: int, name: str) -> Any:
    from tf_keras import layers

    main = _rectified(_normalised(tensor, width, (3, stride), f"{name}_first"))
    main = _normalised(main, width, (3, 1), f"{name}_second")
    beside = tensor
    if stride != 1 or tensor.shape[-1] != width:
        beside = _normalised(tensor, width, (1, stride), f"{name}_beside")
    return _rectified(layers.add([main, beside]))


def _normalised(tensor: Any, width: int, shape: tuple[int, int], name: str) -> Any:
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
    )(tensor)
    return layers.BatchNormalization(
        momentum=MOMENTUM, epsilon=EPSILON, name=f"{name}_normalisation"
    )(found)


def _rectified(tensor: Any) -> Any:
    from tf_keras import layers

    return layers.ReLU()(tensor)
