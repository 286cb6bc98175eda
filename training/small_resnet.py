"""The small ResNet of a run from scratch, with the release's labels."""

from __future__ import annotations

from typing import Any

from training.checkpoint import Checkpoint
from training.resnet import build


def model(side_pixels: int, classes: int) -> Any:
    """A tf_keras model from N x SIDE x SIDE x 3 photos, 0 to 255, to N x classes logits."""
    import tf_keras as keras

    whole = build(classes)
    pixels = keras.layers.Input((side_pixels, side_pixels, 3), name="photo")
    return keras.Model(pixels, whole(pixels))


def start(side_pixels: int, classes: int, seed: int) -> Checkpoint:
    """Weights drawn by lot, the same for the same seed."""
    import tf_keras as keras

    keras.utils.set_random_seed(seed)
    return Checkpoint(tuple(model(side_pixels, classes).get_weights()))
