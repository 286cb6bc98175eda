"""Teach the small network what larger ones answer, and the classes of the photos.

Everything that decides the next step is in the checkpoint, so a training that was ended goes on as
if it had not been.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.starter.cache import Lessons
from training.starter.config import NetworkConfig
from training.starter.model import build
from training.starter.pictures import NO_CLASS
from training.starter.schedule import Budget, TrainingSchedule, batch_indices

SEED = 5
SAVE_SECONDS = 150.0
TELL_STEPS = 100
KEPT = 3
SPREAD_OF = 4096
"""Each feature counts by how much it differs between so many lessons, taken evenly."""
FEATURE_UNIT = np.float32(6 / 255)
"""The teacher's features are bytes that stand for 0 to 6, the range of its last layer."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Pupil:
    """The network, its averaged twin, the head that answers as the second teacher, the state."""

    network: Any
    averaged: Any
    head: Any
    optimizer: Any
    step: Any
    elapsed_seconds: Any

    def checkpoint(self) -> Any:
        """All of it as TensorFlow saves it."""
        import tensorflow as tf

        return tf.train.Checkpoint(
            network=self.network,
            averaged=self.averaged,
            head=self.head,
            optimizer=self.optimizer,
            step=self.step,
            elapsed_seconds=self.elapsed_seconds,
        )


@dataclass(frozen=True, slots=True)
class Course:
    """What a training follows, and the folder where it is kept."""

    plan: TrainingSchedule
    budget: Budget
    work: Path


def new_pupil(config: NetworkConfig, answers: int, plan: TrainingSchedule, policy: str) -> Pupil:
    """A pupil that knows nothing yet; `answers` is how many probabilities the teacher gives."""
    import tensorflow as tf
    import tf_keras as keras

    keras.utils.set_random_seed(SEED)
    network, averaged = build(config, policy), build(config)
    averaged.set_weights(network.get_weights())
    head = keras.layers.Dense(answers, name="answers", dtype="float32")
    head.build((None, config.features))
    optimizer = keras.optimizers.AdamW(plan.peak_rate, weight_decay=plan.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(network.trainable_variables + head.trainable_variables)
    step = tf.Variable(0, dtype=tf.int64, trainable=False)
    return Pupil(network, averaged, head, optimizer, step, tf.Variable(0.0, dtype=tf.float64))


def latest(pupil: Pupil, work: Path) -> int:
    """Take what the last checkpoint in `work` holds; return its step, 0 where there is none."""
    import tensorflow as tf

    found = tf.train.latest_checkpoint(str(work / "checkpoints"))
    if found:
        pupil.checkpoint().restore(found).expect_partial()
    return int(pupil.step)


def train(
    pupil: Pupil,
    lessons: Lessons,
    course: Course,
    say: Say,
    is_ended: Callable[[], bool] = lambda: False,
) -> None:
    """Go on from the last checkpoint until the budget is spent or somebody ends it; save."""
    import tensorflow as tf

    plan, budget = course.plan, course.budget
    checkpoints = str(course.work / "checkpoints")
    manager = tf.train.CheckpointManager(pupil.checkpoint(), checkpoints, KEPT)
    if begin := latest(pupil, course.work):
        say(f"going on from step {begin}")
    learn = _learner(pupil, lessons, plan)
    before, begun, saved = float(pupil.elapsed_seconds), time.monotonic(), time.monotonic()
    losses: list[Any] = []
    while (spent := budget.progress(float(pupil.elapsed_seconds), int(pupil.step))) < 1:
        if is_ended():
            break
        step, side = int(pupil.step), plan.side_pixels(spent)
        chosen = batch_indices(len(lessons), plan.batch, step, SEED)
        pupil.optimizer.learning_rate.assign(plan.rate(spent, step))
        losses.append(learn(_batch(lessons, chosen), step, side))
        pupil.step.assign_add(1)
        pupil.elapsed_seconds.assign(before + time.monotonic() - begun)
        if len(losses) == TELL_STEPS:
            say(_told(pupil, losses, side))
            losses.clear()
        if time.monotonic() - saved > SAVE_SECONDS:
            manager.save()
            saved = time.monotonic()
    manager.save()


def _told(pupil: Pupil, losses: list[Any], side: int) -> str:
    features, answers, classes = np.mean([loss.numpy() for loss in losses], axis=0)
    return (
        f"step {int(pupil.step)}, {float(pupil.elapsed_seconds):.0f} s, {side} px:"
        f" features {features:.3f}, answers {answers:.3f}, classes {classes:.3f}"
    )


def _batch(lessons: Lessons, chosen: Any) -> tuple[Any, ...]:
    return (
        lessons.pixels[chosen],
        lessons.classes[chosen],
        lessons.features[chosen],
        lessons.probabilities[chosen],
    )


def _learner(pupil: Pupil, lessons: Lessons, plan: TrainingSchedule) -> Callable[..., Any]:
    """One step of learning: (batch, step, side) -> the three losses."""
    import tensorflow as tf

    some = lessons.features[:: max(1, len(lessons) // SPREAD_OF)].astype(np.float32)
    spread = FEATURE_UNIT * np.std(some, axis=0) + np.float32(1e-2)
    variables = pupil.network.trainable_variables + pupil.head.trainable_variables
    weights = tf.constant([plan.feature_weight, plan.answer_weight, plan.class_weight])

    def learn(batch: Any, seed: Any, side: int) -> Any:
        pixels, classes, features, answers = batch
        shown = _shown(pixels, seed, side)
        target = FEATURE_UNIT * tf.cast(features, tf.float32)
        with tf.GradientTape() as tape:
            found, logits = pupil.network(shown, training=True)
            losses = tf.stack(
                [
                    tf.reduce_mean(tf.square((found - target) / spread)),
                    _answer_loss(pupil.head(found), answers),
                    _class_loss(logits, classes),
                ]
            )
            loss = tf.reduce_sum(losses * weights)
        pupil.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        _average(pupil, plan.averaged)
        return losses

    compiled: dict[int, Any] = {}

    def run(batch: tuple[Any, ...], step: int, side: int) -> Any:
        if side not in compiled:
            compiled[side] = tf.function(lambda batch, seed: learn(batch, seed, side))
        return compiled[side](
            tuple(tf.constant(part) for part in batch), tf.constant([SEED, step], tf.int64)
        )

    return run


def _shown(pixels: Any, seed: Any, side: int) -> Any:
    """Floats of the wanted side, every second picture mirrored."""
    import tensorflow as tf

    tensor = tf.cast(pixels, tf.float32)
    mirrored = tf.random.stateless_uniform([tf.shape(tensor)[0], 1, 1, 1], seed) < 0.5
    tensor = tf.where(mirrored, tf.reverse(tensor, [2]), tensor)
    if side == pixels.shape[1]:
        return tensor
    return tf.image.resize(tensor, [side, side], antialias=True)


def _answer_loss(logits: Any, answers: Any) -> Any:
    import tensorflow as tf

    target = tf.cast(answers, tf.float32)
    target /= tf.maximum(tf.reduce_sum(target, axis=1, keepdims=True), 1.0)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, logits))


def _class_loss(logits: Any, classes: Any) -> Any:
    import tensorflow as tf

    known = tf.cast(tf.not_equal(classes, NO_CLASS), tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(classes, 0), logits)
    return tf.reduce_sum(losses * known) / tf.maximum(tf.reduce_sum(known), 1.0)


def _average(pupil: Pupil, stays: float) -> None:
    """Move the averaged twin a little (Polyak and Juditsky 1992); sooner at the beginning."""
    import tensorflow as tf

    step = tf.cast(pupil.step, tf.float32)
    share = 1 - tf.minimum(stays, (1 + step) / (10 + step))
    for mean, now in zip(pupil.averaged.variables, pupil.network.variables, strict=True):
        mean.assign_add(share * (now - mean))
