"""What the studio photographs: the same scene for the same seed, and scenes that differ."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.studio.__main__ import SHIPPED_PHOTOS, SHIPPED_SEED
from deploy.demo.studio.scene import GROUP_PHOTOS, OUTDOOR_LIGHTS, Scene, scene
from deploy.demo.studio.things import THINGS
from deploy.demo.studio.words import CLUTTER, LIGHTS, MADE_OF, NOUNS, PLACES
from imagehub.catalogue.labels.labels import boxable_taxonomy
from imagehub.vocabulary import Label

names = st.sampled_from(sorted(THINGS))
seeds = st.integers(0, 10_000)
numbers = st.integers(1, 60)


@settings(deadline=None)
@given(names, numbers, seeds)
def test_one_seed_gives_the_same_scene(name: str, number: int, seed: int) -> None:
    assert scene(name, number, seed) == scene(name, number, seed)


@settings(deadline=None)
@given(names, numbers, seeds)
def test_a_scene_is_one_that_a_phone_can_take(name: str, number: int, seed: int) -> None:
    drawn = scene(name, number, seed)
    low, high = drawn.thing.elevation_degrees
    assert low <= drawn.view.elevation_degrees <= high
    assert 0.6 <= drawn.view.fill_share <= 1.0
    assert drawn.look in drawn.thing.looks
    assert drawn.place in drawn.thing.places
    assert set(drawn.clutter) <= set(drawn.thing.clutter)
    assert drawn.is_outdoors == (drawn.light in OUTDOOR_LIGHTS)


@settings(deadline=None)
@given(names, seeds)
def test_members_of_a_group_share_what_they_show_and_differ_in_the_view(
    name: str, seed: int
) -> None:
    group = [scene(name, number, seed) for number in range(1, GROUP_PHOTOS + 1)]
    assert len({(drawn.look, drawn.place, drawn.light) for drawn in group}) == 1
    for first, second in combinations(group, 2):
        assert _apart(first, second) > 0.05


def _apart(first: Scene, second: Scene) -> float:
    """How far two views lie apart, in shares of their ranges."""
    low, high = first.thing.elevation_degrees
    height = abs(first.view.elevation_degrees - second.view.elevation_degrees) / (high - low)
    turn = abs(first.turn_degrees - second.turn_degrees) % 360
    return (
        height + abs(first.view.fill_share - second.view.fill_share) + min(turn, 360 - turn) / 180
    )


def test_the_shipped_set_shows_every_look_of_every_thing() -> None:
    for name, thing in THINGS.items():
        shown = Counter(
            scene(name, number, SHIPPED_SEED).look for number in range(1, SHIPPED_PHOTOS + 1)
        )
        assert set(shown) == set(thing.looks)


@pytest.mark.parametrize("name", sorted(THINGS))
def test_a_thing_is_a_boxable_label_and_has_words_for_all_of_it(name: str) -> None:
    thing = THINGS[name]
    assert Label(thing.mid, thing.label) in boxable_taxonomy().labels
    assert set(thing.places) <= set(PLACES)
    assert set(thing.clutter) <= set(CLUTTER)
    assert len({look.phrase for look in thing.looks}) == len(thing.looks)
    assert (name in NOUNS) == (name in MADE_OF)
    assert set(MADE_OF.get(name, ())) <= {look.form for look in thing.looks}


def test_every_light_has_words() -> None:
    used = {scene(name, number, 1).light for name in THINGS for number in range(1, 43)}
    assert used <= set(LIGHTS)
