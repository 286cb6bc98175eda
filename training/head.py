"""The head of a transfer run: one layer that tells labels apart by a frozen network's features."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.checkpoint import Checkpoint

Floats = npt.NDArray[np.float32]

PENALTY = 3e-4
"""Of the squared weights: there are more features than photos of a label."""

SMALLEST_SPREAD = 1e-3


def start(features: Floats, classes: int) -> Checkpoint:
    """What a head begins from: how the features lie (N x D), and weights of zero.

    Multinomial logistic regression has one minimum, so nothing is drawn by lot.
    """
    spread = np.maximum(features.std(0), SMALLEST_SPREAD * max(float(features.std()), 1e-6))
    return Checkpoint(
        (
            features.mean(0).astype(np.float32),
            (1 / spread / np.sqrt(features.shape[1])).astype(np.float32),
            np.zeros((features.shape[1], classes), np.float32),
            np.zeros(classes, np.float32),
        )
    )


def model(features: int, classes: int) -> Any:
    """A tf_keras model from N x D features to N x classes logits; its weights come from `start`."""
    import tf_keras as keras

    return keras.Sequential(
        [
            keras.layers.Input((features,), name="features"),
            _standardise()(name="standardise"),
            keras.layers.Dense(
                classes, name="logits", kernel_regularizer=keras.regularizers.l2(PENALTY)
            ),
        ]
    )


def logits(found: Checkpoint, features: Floats) -> Floats:
    """What the model says, without TensorFlow: N x classes."""
    mean, scale, kernel, bias = found.weights[:4]
    answer: Floats = ((features - mean) * scale) @ kernel + bias
    return answer


def folded(found: Checkpoint) -> tuple[Floats, Floats]:
    """The same head as one kernel (D x classes) and one bias, for an exported model."""
    mean, scale, kernel, bias = found.weights[:4]
    scaled: Floats = (scale[:, None] * kernel).astype(np.float32)
    return scaled, (bias - mean @ scaled).astype(np.float32)


def _standardise() -> Any:
    import tf_keras as keras

    class Standardise(keras.layers.Layer):  # type: ignore[misc]  # has no types
        """(features - mean) * scale, with both learned before training begins."""

        def build(self, shape: Any) -> None:
            """Make the two rows of numbers, which training leaves alone."""
            self.mean = self.add_weight("mean", [shape[-1]], initializer="zeros", trainable=False)
            self.scale = self.add_weight("scale", [shape[-1]], initializer="ones", trainable=False)

        def call(self, features: Any) -> Any:
            """N x D to N x D."""
            return (features - self.mean) * self.scale

    return Standardise
