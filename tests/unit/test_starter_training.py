"""The starter's training: its pictures, its classes, its probe, and going on after a stop."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imagehub.errors import Misconfigured
from training.starter import pictures
from training.starter.classes import PLACES, number_of, starter_classes, table
from training.starter.packed import Packed, read_packed
from training.starter.probe import FOLDS, out_of_fold_accuracy, spread
from training.starter.rendered import HELD_OUT_EVERY, Rendered
from training.starter.schedule import Budget, TrainingSchedule, batch_indices
from training.starter.temperature import choose_temperature, loss

GOLDFISH, CROW = "n01443537", "n01629819"


def photos(count: int) -> Packed:
    dice = np.random.default_rng(3)
    pixels = dice.integers(0, 256, (count, 64, 64, 3)).astype(np.uint8)
    return Packed(pixels, np.arange(count) % 3, ("a", "b", "c"))


def pack(path: Path, names: list[str]) -> None:
    with tarfile.open(path, "w") as tar:
        for number, name in enumerate(names):
            file = io.BytesIO()
            Image.new("L" if number else "RGB", (64, 64), 40 * number).save(file, "JPEG")
            entry = tarfile.TarInfo(name)
            entry.size = len(file.getvalue())
            tar.addfile(entry, io.BytesIO(file.getvalue()))


def test_packed_photos_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    text = f'wnid,words,mid,label\n{GOLDFISH},"goldfish",,\n{CROW},x,,\n'
    (tmp_path / "tiny_imagenet_classes.csv").write_text(text)
    pack(tmp_path / "some-train-01.tar", [f"{CROW}/1.JPEG", f"{GOLDFISH}/2.JPEG"])
    pack(tmp_path / "some-train-00.tar", [f"{CROW}/0.JPEG"])
    found = read_packed(tmp_path, "train")
    assert found.pixels.shape == (3, 64, 64, 3)
    assert found.classes.tolist() == [0, 1, 1]
    assert found.names == (GOLDFISH, CROW)


def test_a_folder_without_photos_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no packed photos"):
        read_packed(tmp_path, "val")


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_follows_from_its_seed(seed: int) -> None:
    given = photos(9)
    for index in range(9):
        once = pictures.make_picture(given.pixels, given.classes, index, seed)
        again = pictures.make_picture(given.pixels, given.classes, index, seed)
        assert once.pixels.shape == (1, 96, 96, 3)
        assert (once.pixels == again.pixels).all()
        assert once.classes[0] in (index % 3, pictures.NO_CLASS)


def test_every_way_of_making_pictures_is_used() -> None:
    given = photos(60)
    made = [pictures.make_picture(given.pixels, given.classes, at, 1) for at in range(60)]
    unnamed = sum(part.classes[0] == pictures.NO_CLASS for part in made)
    assert 5 < unnamed < 30
    assert len({part.pixels.tobytes() for part in made}) == 60


def test_a_cut_of_a_rendered_photo_has_the_size_of_a_picture() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (128, 128, 3)).astype(np.uint8)
    assert pictures.cut_picture(photo, 0, 1).shape == (96, 96, 3)


def test_things_that_a_class_shows_already_get_no_output_of_their_own() -> None:
    classes = starter_classes((GOLDFISH,), ["/m/03fj2", "/m/02jvh9", "/m/02jvh9"])
    assert [starter_class.mid for starter_class in classes] == ["/m/03fj2", "/m/02jvh9"]
    assert number_of(classes, "/m/02jvh9") == 1
    assert table(classes) == "class,mid,is_a\n0,/m/03fj2,\n1,/m/02jvh9,\n"
    with pytest.raises(Misconfigured, match="No class"):
        number_of(classes, "/m/0")


def test_more_things_than_outputs_are_refused() -> None:
    with pytest.raises(Misconfigured, match=str(PLACES)):
        starter_classes((GOLDFISH,), [f"/m/{number}" for number in range(PLACES)])


def test_every_eighth_rendered_photo_is_held_out() -> None:
    mids = tuple(str(number) for number in range(20))
    rendered = Rendered(np.zeros((20, 4, 4, 3), np.uint8), mids)
    held_out, learned = rendered.held_out(), rendered.learned()
    assert held_out.mids == mids[::HELD_OUT_EVERY]
    assert set(held_out.mids) | set(learned.mids) == set(mids)
    assert len(learned.pixels) == len(learned.mids) == 17


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 9))
def test_folds_hold_every_class_evenly(given: list[int], seed: int) -> None:
    classes = np.array(given, np.int64)
    folds = spread(classes, seed)
    for number in set(given):
        counts = np.bincount(folds[classes == number], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1


def test_the_probe_tells_good_features_from_bad_ones() -> None:
    dice = np.random.default_rng(1)
    classes = np.arange(300) % 5
    noise = dice.normal(size=(300, 16)).astype(np.float32)
    good = noise + 4 * np.eye(16, dtype=np.float32)[classes]
    assert out_of_fold_accuracy(good, classes) > 0.95
    assert out_of_fold_accuracy(noise, classes) < 0.4


@pytest.mark.parametrize("hot", [0.5, 1.0, 3.0])
def test_the_temperature_of_an_overconfident_classifier_is_found(hot: float) -> None:
    dice = np.random.default_rng(1)
    logits = dice.normal(0, 2, (20_000, 6)).astype(np.float32)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    classes = (chances.cumsum(axis=1) < dice.random((20_000, 1))).sum(axis=1)
    found = choose_temperature(logits * np.float32(hot), classes)
    assert found == pytest.approx(hot, rel=0.05)
    assert loss(logits, classes) <= loss(logits * 2, classes)


def test_an_epoch_shows_every_lesson_once_in_an_order_of_its_own() -> None:
    epochs = [
        np.concatenate([batch_indices(12, 4, step, 1) for step in range(begin, begin + 3)])
        for begin in (0, 3)
    ]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(12))
    assert list(epochs[0]) != list(epochs[1])


def test_a_plan_warms_up_cools_down_and_shows_larger_pictures_later() -> None:
    plan = TrainingSchedule()
    assert plan.rate(0, 0) < plan.rate(0, plan.warm_steps) == pytest.approx(plan.peak_rate)
    assert plan.rate(1, 9999) < plan.peak_rate / 100
    assert plan.side_pixels(0) < plan.side_pixels(0.5) < plan.side_pixels(1)


def test_a_budget_ends_at_whatever_is_spent_first() -> None:
    budget = Budget(minutes=2, steps=100)
    assert budget.progress(60, 10) == pytest.approx(0.5)
    assert budget.progress(6, 80) == pytest.approx(0.8)
    assert budget.progress(600, 0) == 1
