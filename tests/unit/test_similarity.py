"""Fingerprints propose, pixels decide, and groups never chain."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spark_jobs.cluster.similarity.comparison import compare
from spark_jobs.cluster.similarity.fingerprints import MAX_DISTANCE_BITS, bands, probes
from spark_jobs.cluster.similarity.grouping import (
    GroupedImage,
    KeeperCandidate,
    Match,
    components,
    group,
    missing_pairs,
    pair,
)
from spark_jobs.cluster.similarity.looks import Look, look_at
from tests.factories.fingerprints import distance_bits
from tests.spark.near_copies import COPIES, copy_of, drawing

fingerprints = st.integers(-(2**63), 2**63 - 1)
flips = st.sets(st.integers(0, 63), max_size=MAX_DISTANCE_BITS)


@given(fingerprints, flips)
def test_a_near_fingerprint_is_always_found_by_one_of_the_bands(
    own: int, flipped: set[int]
) -> None:
    other = own ^ sum(1 << bit for bit in flipped)
    assert distance_bits(own, other) == len(flipped)
    assert any(band in keys for band, keys in zip(bands(other), probes(own), strict=True))


def _look(jpeg: bytes) -> Look:
    return look_at(np.asarray(Image.open(BytesIO(jpeg)).convert("RGB")))


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_copy_is_the_same_photo_in_either_order(how: str, seed: int) -> None:
    original, copy = _look(drawing(seed)), _look(copy_of(drawing(seed), how))
    for left, right in ((original, copy), (copy, original)):
        found = compare(left, right)
        assert found is not None
        assert found.same_photo
        assert found.mirrored == (how == "mirrored")
        assert ("mirrored" in found.reason) == found.mirrored


def test_different_photos_are_not_the_same() -> None:
    looks = [_look(drawing(seed)) for seed in range(12)]
    for at, left in enumerate(looks):
        for right in looks[at + 1 :]:
            found = compare(left, right)
            assert found is None or not found.same_photo


@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_photos_cannot_be_told_to_be_the_same(level: int) -> None:
    flat = look_at(np.full((64, 64, 3), level, np.uint8))
    assert compare(flat, flat) is None


def test_one_changed_object_makes_another_photo() -> None:
    pixels = np.asarray(Image.open(BytesIO(drawing(4))).convert("RGB")).copy()
    before = look_at(pixels)
    pixels[90:150, 120:200] = 255 - pixels[90:150, 120:200]
    found = compare(before, look_at(pixels))
    assert found is None or not found.same_photo


def test_another_colour_makes_another_photo() -> None:
    jpeg = drawing(6)
    hue, *rest = Image.open(BytesIO(jpeg)).convert("HSV").split()
    turned = Image.merge("HSV", (hue.point(lambda value: (value + 128) % 256), *rest))
    found = compare(_look(jpeg), look_at(np.asarray(turned.convert("RGB"))))
    assert found is None or not found.same_photo


START = datetime(2026, 5, 1, tzinfo=UTC)
names = st.sampled_from("abcdefgh")
edges = st.lists(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@st.composite
def pools(draw: st.DrawFn) -> tuple[dict[str, KeeperCandidate], list[Match]]:
    images = {
        name: KeeperCandidate(
            name, draw(st.integers(1, 3)) * 1000, START + timedelta(minutes=draw(st.integers(0, 3)))
        )
        for name in "abcdefgh"
    }
    matches = [Match(left, right, draw(st.floats(0, 0.02)), "same") for left, right in draw(edges)]
    return images, matches


@given(pools())
def test_every_member_hangs_on_a_keeper_that_it_matches_itself(
    pool: tuple[dict[str, KeeperCandidate], list[Match]],
) -> None:
    images, matches = pool
    members = group(images, matches)
    hanging = {member.image_id for member in members}
    matched = {frozenset((match.left, match.right)) for match in matches}
    assert len(hanging) == len(members)
    for member in members:
        assert member.keeper_id not in hanging
        assert frozenset((member.image_id, member.keeper_id)) in matched
        assert images[member.keeper_id].rank < images[member.image_id].rank


@given(pools(), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_matches(
    pool: tuple[dict[str, KeeperCandidate], list[Match]], dice: random.Random
) -> None:
    images, matches = pool
    shuffled = [
        Match(match.right, match.left, match.distance, match.reason)
        if dice.random() < 0.5
        else match
        for match in dice.sample(matches, len(matches))
    ]
    assert _hanging(group(images, shuffled)) == _hanging(group(images, matches))


def _hanging(members: list[GroupedImage]) -> set[tuple[str, str]]:
    return {(member.image_id, member.keeper_id) for member in members}


@given(pools())
def test_the_best_image_is_asked_for_all_of_its_component(
    pool: tuple[dict[str, KeeperCandidate], list[Match]],
) -> None:
    images, matches = pool
    asked = [*matches, *(Match(*pair, 0.0, "") for pair in missing_pairs(images, matches))]
    for component in components(asked):
        best = min(component, key=lambda name: images[name].rank)
        near = {match.left for match in asked if match.right == best} | {
            match.right for match in asked if match.left == best
        }
        assert near == set(component) - {best}


def test_a_chain_is_cut_where_the_ends_differ() -> None:
    images = {name: KeeperCandidate(name, 1000, START) for name in "abc"}
    chain = [Match("a", "b", 0.001, "same"), Match("b", "c", 0.001, "same")]
    assert _hanging(group(images, chain)) == {("b", "a")}


def test_a_third_image_hangs_on_one_of_two_that_a_person_parted() -> None:
    images = {name: KeeperCandidate(name, 1000, START) for name in "abc"}
    all_alike = [Match(*two, 0.001, "same") for two in ("ab", "ac", "bc")]
    assert _hanging(group(images, all_alike, {("a", "b")})) == {("c", "a")}


@given(pools(), st.sets(st.tuples(names, names).map(lambda two: pair(*two)), max_size=6))
def test_two_that_a_person_parted_never_meet_in_a_group(
    pool: tuple[dict[str, KeeperCandidate], list[Match]], parted: set[tuple[str, str]]
) -> None:
    images, found = pool
    matches = [match for match in found if match.pair not in parted]
    members = group(images, matches, parted)
    keeper_of = dict.fromkeys(images, "") | {image.image_id: image.keeper_id for image in members}
    for first, second in parted:
        if first != second:
            assert (keeper_of[first] or first) != (keeper_of[second] or second)
    assert not set(missing_pairs(images, matches, parted)) & parted


def test_a_rejected_image_is_kept_only_where_no_better_one_is() -> None:
    images = {
        "large": KeeperCandidate("large", 9000, START, standing=2),
        "small": KeeperCandidate("small", 1000, START, standing=0),
    }
    matches = [Match("large", "small", 0.001, "same")]
    assert _hanging(group(images, matches)) == {("large", "small")}
