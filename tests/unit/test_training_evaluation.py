"""How right a model is on held-out photos."""

from __future__ import annotations

import numpy as np
import pytest

from training.checkpoint import Checkpoint, read, weights_sha256, write
from training.evaluation import HeldOutPhotos, agreement, evaluate, softmax

MIDS, NAMES = ("/m/cat", "/m/dog", "/m/eel"), ("Cat", "Dog", "Eel")
TRUTH = np.array([0, 0, 1, 1], np.int64)
SAID = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.6, 0.1], [0.9, 0.05, 0.05]], np.float32)


def test_each_label_has_its_precision_and_recall() -> None:
    found = evaluate(HeldOutPhotos("test", ["a", "b", "c", "d"], TRUTH), SAID, MIDS, NAMES)
    assert found.accuracy == 0.5
    assert [
        (score.name, score.photos, score.precision, score.recall) for score in found.labels
    ] == [
        ("Cat", 2, 0.5, 0.5),
        ("Dog", 2, 0.5, 0.5),
        ("Eel", 0, None, None),
    ]
    assert found.confusion == ((1, 1, 0), (1, 1, 0), (0, 0, 0))


def test_the_surest_mistake_is_named_first() -> None:
    found = evaluate(HeldOutPhotos("test", ["a", "b", "c", "d"], TRUTH), SAID, MIDS, NAMES)
    named = [(mistake.image_id, mistake.said, mistake.shows) for mistake in found.mistakes]
    assert named == [("d", "Cat", "Dog"), ("b", "Dog", "Cat")]
    assert found.mistakes[0].probability == pytest.approx(0.9)


def test_two_models_agree_where_they_name_the_same_label_first() -> None:
    other = SAID.copy()
    other[0] = [0.0, 0.0, 1.0]
    assert agreement(SAID, other) == 0.75


def test_probabilities_of_any_logits_add_up_to_one() -> None:
    found = softmax(np.array([[1000.0, 0.0], [-1000.0, 3.0]], np.float32))
    assert found.sum(1) == pytest.approx([1, 1])
    assert found[0, 0] == pytest.approx(1)


def test_a_checkpoint_is_read_back_and_always_written_the_same() -> None:
    numbers = Checkpoint((np.ones((2, 3), np.float32), np.zeros(1)), (np.array(7),))
    back = read(write(numbers))
    assert write(back) == write(numbers)
    assert weights_sha256(back.weights) == weights_sha256(numbers.weights)
    assert int(back.optimizer[0]) == 7


def test_weights_that_differ_in_one_number_have_another_digest() -> None:
    one, other = np.zeros(4, np.float32), np.zeros(4, np.float32)
    other[2] = 1e-30
    assert weights_sha256([one]) != weights_sha256([other])
