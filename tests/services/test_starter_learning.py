"""A tiny network learns as the starter does, goes on after a stop, and comes out the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from training.starter.cache import Lessons
from training.starter.config import NetworkConfig
from training.starter.distil import Course, Pupil, new_pupil, train
from training.starter.export import balanced, feature_count, to_arrays, to_graph
from training.starter.model import build
from training.starter.schedule import Budget, TrainingSchedule

pytest.importorskip("tf_keras")

TINY = NetworkConfig(classes=4, widths=(8, 12), units=(1, 1), features=16)
PLAN = TrainingSchedule(batch=8, warm_steps=2, sides=((0.0, 32), (0.5, 48)))
ANSWERS = 5


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    dice = np.random.default_rng(2)
    classes = np.arange(32) % 4
    pixels = dice.integers(0, 60, (32, 96, 96, 3)).astype(np.uint8)
    pixels[np.arange(32), :, :, classes % 3] += np.uint8(150)
    return Lessons(
        pixels=pixels,
        classes=np.where(classes == 3, -1, classes),
        features=dice.integers(0, 256, (32, TINY.features)).astype(np.float16),
        probabilities=dice.integers(0, 256, (32, ANSWERS)).astype(np.uint8),
    )


def learned(lessons: Lessons, work: Path, steps: int, ends_at: int | None = None) -> Pupil:
    pupil = new_pupil(TINY, ANSWERS, PLAN, "float32")

    def is_ended() -> bool:
        return int(pupil.step) == ends_at

    train(pupil, lessons, Course(PLAN, Budget(steps=steps), work), lambda _: None, is_ended)
    return pupil


def test_training_that_was_ended_goes_on_as_if_it_had_not_been(
    lessons: Lessons, tmp_path: Path
) -> None:
    whole = learned(lessons, tmp_path / "whole", 6)
    ended = learned(lessons, tmp_path / "parts", 6, ends_at=4)
    assert int(ended.step) == 4
    again = learned(lessons, tmp_path / "parts", 6)
    assert int(again.step) == int(whole.step) == 6
    for one, other in zip(whole.averaged.get_weights(), again.averaged.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_tiny_network_learns_the_colours(lessons: Lessons, tmp_path: Path) -> None:
    pupil = learned(lessons, tmp_path, 60)
    known = lessons.classes >= 0
    logits = pupil.network(lessons.pixels[known].astype(np.float32))[1].numpy()
    assert (logits.argmax(axis=1) == lessons.classes[known]).mean() > 0.9


def test_the_exported_graph_says_what_keras_says() -> None:
    import openvino as ov

    model = build(TINY)
    dice = np.random.default_rng(4)
    model.set_weights([part + dice.uniform(0, 0.1, part.shape) for part in model.get_weights()])
    pixels = dice.integers(0, 256, (1, 64, 64, 3)).astype(np.uint8)
    features, logits = model(pixels.astype(np.float32))
    graph = to_graph(to_arrays(model, TINY, temperature=2.0, classes=3), 64)
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    found = ov.Core().compile_model(graph, "CPU", options)(pixels)
    assert found[0].shape == (1, feature_count(TINY))
    own = found[0][:, -TINY.features :]
    np.testing.assert_allclose(own, features.numpy(), rtol=1e-4, atol=1e-5)
    halved = logits.numpy()[:, :3] / 2
    halved = np.exp(halved - halved.max())
    np.testing.assert_allclose(found[1], halved / halved.sum(), rtol=1e-4, atol=1e-5)


def test_balanced_parts_of_features_weigh_the_same() -> None:
    arrays = to_arrays(build(TINY), TINY, temperature=1.0, classes=4)
    features = np.random.default_rng(1).uniform(0, 9, (20, feature_count(TINY)))
    features[:, :12] *= 50
    found = balanced(arrays, features.astype(np.float32))
    weights = features[:, :12].sum() * found.taps[0][1], features[:, 12:].sum() * found.factor
    assert weights[0] == pytest.approx(weights[1], rel=1e-3)


def test_a_network_of_other_sizes_than_stages_is_refused() -> None:
    with pytest.raises(ValueError, match="same stages"):
        dataclasses.replace(TINY, units=(1,))
