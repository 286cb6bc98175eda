"""A trained model as a function of pixels, whatever its base, ready to be exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imagehub.settings import Settings
from imagehub.training_config import Base
from training import fine_tune, frozen, head, pretrained, small_resnet
from training.checkpoint import Checkpoint
from training.operations import Style
from training.pretrained import Pretrained
from training.task import Task

Answer = Callable[[Any], Any]
"""From a tensor of pixels, N x SIDE x SIDE x 3, to probabilities, N x classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model to export: `exact` speaks as it was trained, `plain` is what gets quantised.

    `variables` is what TensorFlow must save beside a function whose numbers are not constants.
    """

    side_pixels: int
    exact: Answer
    plain: Answer
    variables: Any = None


def of_task(settings: Settings, plan: Task, found: Checkpoint) -> Trained:
    """The model that a run leaves."""
    if plan.config.base is Base.SCRATCH:
        return small(plan.side_pixels, plan.classes, found)
    network = pretrained.load(settings, plan.network_sha256)
    if plan.config.base is Base.FINE_TUNE:
        return tuned(network, found)
    return with_frozen(network, found)


def with_frozen(network: Pretrained, found: Checkpoint) -> Trained:
    """A frozen network with the head that was trained on its features."""

    def see(style: Style) -> Answer:
        return lambda pixels: frozen.features(network.graph, network.port, pixels, style)

    return Trained(
        network.side_pixels,
        _with_head(see(Style(exact=True)), found),
        _with_head(see(Style(exact=False)), found),
    )


def tuned(network: Pretrained, found: Checkpoint) -> Trained:
    """A network that was trained on, with its head."""
    kernels, behind = fine_tune.parts(network, found)
    answer = _with_head(lambda pixels: fine_tune.features(network, kernels, pixels), behind)
    return Trained(network.side_pixels, answer, answer)


def small(side_pixels: int, classes: int, found: Checkpoint) -> Trained:
    """The small ResNet with the weights that were trained."""
    model = small_resnet.model(side_pixels, classes)
    model.set_weights(found.weights)

    def probabilities(pixels: Any) -> Any:
        import tensorflow as tf

        return tf.nn.softmax(model(tf.cast(pixels, tf.float32), training=False))

    return Trained(side_pixels, probabilities, probabilities, model)


def _with_head(see: Answer, found: Checkpoint) -> Answer:
    kernel, bias = head.folded(found)

    def probabilities(pixels: Any) -> Any:
        import tensorflow as tf

        return tf.nn.softmax(tf.linalg.matmul(see(pixels), kernel) + bias)

    return probabilities
