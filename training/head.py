"""The head of a transfer run: one layer that tells labels apart by a frozen network's features."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.checkpoint import Checkpoint

Float32s = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

PENALTY = 3e-4
"""Of the squared weights: there are more features than photos of a label."""

SMALLEST_SPREAD = 1e-3
FITTING_STEPS = 200
FITTING_RATE = 0.05


def start(features: Float32s, classes: int) -> Checkpoint:
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


def fitted(features: Float32s, truth: Classes, classes: int) -> Checkpoint:
    """A head that fits features (N x D) and their classes (N): as `start`, then trained at once.

    By Adam (Kingma and Ba 2015) on all photos in each step.
    """
    begin = start(features, classes)
    mean, scale, kernel, bias = begin.weights
    seen = np.concatenate([(features - mean) * scale, np.ones((len(features), 1))], 1)
    targets = np.eye(classes)[truth]
    learned = np.concatenate([kernel, bias[None]])
    first, second = np.zeros_like(learned), np.zeros_like(learned)
    for step in range(1, FITTING_STEPS + 1):
        raised = seen @ learned
        probabilities = np.exp(raised - raised.max(1, keepdims=True))
        probabilities /= probabilities.sum(1, keepdims=True)
        slope = seen.T @ (probabilities - targets) / len(seen)
        slope[:-1] += 2 * PENALTY * learned[:-1]
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        upright = np.sqrt(second / (1 - 0.999**step)) + 1e-7
        learned = learned - FITTING_RATE * first / (1 - 0.9**step) / upright
    return Checkpoint(
        (mean, scale, learned[:-1].astype(np.float32), learned[-1].astype(np.float32))
    )


def model(features: int, classes: int) -> Any:
    """A tf_keras model from N x D features to N x classes logits; its weights come from `start`."""
    import tf_keras as keras

    return keras.Sequential([keras.layers.Input((features,), name="features"), *layers(classes)])


def layers(classes: int) -> list[Any]:
    """The head's layers, to stand behind features."""
    import tf_keras as keras

    return [
        _standardise()(name="standardise"),
        keras.layers.Dense(
            classes, name="logits", kernel_regularizer=keras.regularizers.l2(PENALTY)
        ),
    ]


def logits(found: Checkpoint, features: Float32s) -> Float32s:
    """What the model says, without TensorFlow: N x classes."""
    mean, scale, kernel, bias = found.weights[:4]
    answer: Float32s = ((features - mean) * scale) @ kernel + bias
    return answer


def folded(found: Checkpoint) -> tuple[Float32s, Float32s]:
    """The same head as one kernel (D x classes) and one bias, for an exported model."""
    mean, scale, kernel, bias = found.weights[:4]
    scaled: Float32s = (scale[:, None] * kernel).astype(np.float32)
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
