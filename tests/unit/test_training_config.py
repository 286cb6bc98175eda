"""What may be asked of training, and which releases are enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.errors import Refused
from imagehub.training_config import (
    Augmentation,
    Base,
    ShortLabel,
    estimate,
    held_out_split,
    read,
    require_enough,
    short_labels,
)

ENOUGH = {
    "/m/cat": {"train": 30, "test": 5},
    "/m/dog": {"train": 25, "test": 4},
}


def test_an_empty_wish_is_transfer_with_defaults_that_fit() -> None:
    config = read({})
    assert (config.base, config.augmentation) == (Base.TRANSFER, Augmentation.MIRROR)
    assert config.epochs > 1
    assert config.image_size_pixels == 0


@pytest.mark.parametrize("base", list(Base))
def test_every_base_has_defaults_that_pass_its_own_rules(base: Base) -> None:
    config = read({"base": base.value})
    assert read(config.model_dump(mode="json")) == config


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 201}, "epochs"),
        ({"epochs": "many"}, "epochs"),
        ({"base": "magic"}, "base"),
        ({"image_size_pixels": 64}, "image size"),
        ({"base": "scratch", "image_size_pixels": 50}, "image_size_pixels"),
        ({"base": "scratch", "image_size_pixels": 16}, "image_size_pixels"),
        ({"base": "fine-tune", "image_size_pixels": 64}, "image size"),
        ({"augmentation": "crop"}, "crops"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"script": "rm"}, "script"),
    ],
)
def test_a_wrong_wish_is_refused_naming_the_field(wish: dict[str, object], named: str) -> None:
    with pytest.raises(Refused, match=named) as refused:
        read(wish)
    assert refused.value.code == "training_config_wrong"


def test_short_labels_are_named_the_shortest_first() -> None:
    summary = {"/m/a": {"train": 9}, "/m/b": {"train": 2, "test": 1}, "/m/c": {"train": 20}}
    assert short_labels(summary, 20) == [ShortLabel("/m/b", 3), ShortLabel("/m/a", 9)]


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        ({"/m/cat": {"train": 30, "test": 5}}, "too_few_labels"),
        ({**ENOUGH, "/m/eel": {"train": 3}}, "too_few_photos"),
        ({**ENOUGH, "/m/eel": {"test": 30}}, "nothing_to_train_on"),
        ({label: {"train": 30} for label in ENOUGH}, "nothing_held_out"),
    ],
)
def test_a_release_that_is_not_enough_says_what_is_missing(
    summary: dict[str, dict[str, int]], code: str
) -> None:
    require_enough(ENOUGH, read({}))
    with pytest.raises(Refused) as refused:
        require_enough(summary, read({}))
    assert refused.value.code == code


def test_the_test_split_is_held_out_before_the_validation_split() -> None:
    assert held_out_split({"/m/a": {"train": 1, "validation": 1, "test": 1}}) == "test"
    assert held_out_split({"/m/a": {"train": 1, "validation": 1, "test": 0}}) == "validation"


@given(st.sampled_from(Base), st.integers(1, 100_000), st.integers(1, 8))
def test_more_photos_never_take_less_time_and_more_executors_never_more(
    base: Base, photos: int, executors: int
) -> None:
    config = read({"base": base.value})
    few, many = ({"/m/a": {"train": count}} for count in (photos, photos + 100))
    assert estimate(config, few, executors).seconds <= estimate(config, many, executors).seconds
    assert estimate(config, few, executors + 1).seconds <= estimate(config, few, executors).seconds
