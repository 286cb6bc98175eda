"""Slim's ResNet v1 as a TensorFlow 1 graph with random values, for checkpoints of known outputs.

Written from the published description (tensorflow/models, research/slim/nets): the names and
shapes of the variables and the order of the operations are slim's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """What the graph that made the checkpoint said of the pixels it was given."""

    features: Float32s
    probabilities: Float32s


class SlimResNet:
    """A ResNet v1 with `units` bottlenecks a block; the narrowest convolution has `width`."""

    def __init__(self, units: Sequence[int], classes: int, width: int = 64) -> None:
        self.units = tuple(units)
        self.classes = classes
        self.width = width
        self._dice = np.random.default_rng(7)

    def save(self, prefix: Path, pixels: Float32s) -> Said:
        """Write the checkpoint and look at `pixels`, N x SIDE x SIDE x 3, mean taken off."""
        import tensorflow as tf

        v1 = tf.compat.v1
        with tf.Graph().as_default(), v1.Session() as session:
            given = v1.placeholder(tf.float32, pixels.shape)
            with v1.variable_scope("resnet_v1_101"):
                pooled = self._body(given)
                logits = self._logits(pooled)
            v1.get_variable("global_step", initializer=np.int64(61_995_903))
            session.run(v1.global_variables_initializer())
            v1.train.Saver().save(session, str(prefix))
            features, said = session.run([pooled, tf.sigmoid(logits)], {given: pixels})
        return Said(features[:, 0, 0], said)

    def _body(self, given: Any) -> Any:
        import tensorflow as tf

        v1 = tf.compat.v1
        seen = tf.nn.relu(self._same(given, self.width, 7, 2, "conv1"))
        seen = tf.nn.max_pool2d(seen, 3, 2, "SAME")
        for block, units in enumerate(self.units, 1):
            for unit in range(1, units + 1):
                stride = 2 if unit == units and block < len(self.units) else 1
                with v1.variable_scope(f"block{block}/unit_{unit}/bottleneck_v1"):
                    seen = self._bottleneck(seen, self.width * 2 ** (block - 1), stride)
        return tf.reduce_mean(seen, [1, 2], keepdims=True)

    def _bottleneck(self, given: Any, depth: int, stride: int) -> Any:
        import tensorflow as tf

        if given.shape[3] == 4 * depth:
            shortcut = tf.nn.max_pool2d(given, 1, stride, "SAME") if stride > 1 else given
        else:
            shortcut = self._normalised(given, 4 * depth, 1, stride, "shortcut")
        main = tf.nn.relu(self._normalised(given, depth, 1, 1, "conv1"))
        main = tf.nn.relu(self._same(main, depth, 3, stride, "conv2"))
        return tf.nn.relu(shortcut + self._normalised(main, 4 * depth, 1, 1, "conv3", 0.4))

    def _same(self, given: Any, depth: int, side: int, stride: int, name: str) -> Any:
        import tensorflow as tf

        if stride == 1:
            return self._normalised(given, depth, side, 1, name)
        before = (side - 1) // 2
        margin = [before, side - 1 - before]
        padded = tf.pad(given, [[0, 0], margin, margin, [0, 0]])
        return self._normalised(padded, depth, side, stride, name, padding="VALID")

    def _normalised(
        self,
        given: Any,
        depth: int,
        side: int,
        stride: int,
        name: str,
        gamma: float = 1.0,
        padding: str = "SAME",
    ) -> Any:
        import tensorflow as tf

        with tf.compat.v1.variable_scope(name):
            inputs = int(given.shape[3])
            scale = np.sqrt(2 / (side * side * inputs))
            kernel = self._variable("weights", (side, side, inputs, depth), 0, scale)
            found = tf.nn.conv2d(given, kernel, stride, padding)
            with tf.compat.v1.variable_scope("BatchNorm"):
                found, *_ = tf.compat.v1.nn.fused_batch_norm(
                    found,
                    self._variable("gamma", (depth,), gamma, 0.1),
                    self._variable("beta", (depth,), 0, 0.2),
                    self._variable("moving_mean", (depth,), 0, 0.2),
                    self._variable("moving_variance", (depth,), 1, 0.1),
                    epsilon=1e-5,
                    is_training=False,
                )
            return found

    def _logits(self, pooled: Any) -> Any:
        import tensorflow as tf

        inputs = int(pooled.shape[3])
        with tf.compat.v1.variable_scope("logits"):
            kernel = self._variable("weights", (1, 1, inputs, self.classes), 0, 0.1 / inputs)
            bias = self._variable("biases", (self.classes,), -2, 1)
            return (tf.nn.conv2d(pooled, kernel, 1, "SAME") + bias)[:, 0, 0]

    def _variable(self, name: str, shape: tuple[int, ...], mean: float, deviation: float) -> Any:
        import tensorflow as tf

        # Through a placeholder-free random start: hundreds of megabytes are no part of the graph.
        return tf.compat.v1.get_variable(
            name,
            shape,
            tf.float32,
            tf.compat.v1.truncated_normal_initializer(
                mean, deviation, seed=int(self._dice.integers(2**31))
            ),
        )
