"""What one photo shows, chosen by its seed: words for people, numbers for the camera."""

from __future__ import annotations

import random
from dataclasses import dataclass

from deploy.demo.studio.look import Appearance, Thing
from deploy.demo.studio.things import THINGS

GROUP_PHOTOS = 7
"""So many photos of a thing share look, place and light, and differ in camera and arrangement."""

INDOOR_LIGHTS = (
    "window left",
    "window right",
    "evening lamp",
    "flash",
    "sun through window",
    "soft day",
    "neon",
)
OUTDOOR_LIGHTS = ("overcast", "sun", "low sun")
OUTDOOR_PLACES = frozenset({"grass", "pavement", "sand", "garden table"})


@dataclass(frozen=True, slots=True)
class CameraView:
    """Where the camera stands; the thing fills `fill_share` of the frame's shorter side."""

    elevation_degrees: float
    azimuth_degrees: float
    roll_degrees: float
    focal_length_mm: float
    fill_share: float
    blur_share: float
    aside: tuple[float, float]
    is_portrait: bool

    @property
    def words(self) -> str:
        """Height and distance in words."""
        height = (
            "from above" if self.is_high else "from a low angle" if self.is_low else "at an angle"
        )
        return (
            f"{height}, close"
            if self.is_close
            else f"{height}, at some distance"
            if self.is_far
            else height
        )

    @property
    def is_high(self) -> bool:
        """True where the camera looks down on the thing."""
        return self.elevation_degrees > 45

    @property
    def is_low(self) -> bool:
        """True where the camera is nearly as low as the thing."""
        return self.elevation_degrees < 15

    @property
    def is_close(self) -> bool:
        """True where the thing nearly fills the frame."""
        return self.fill_share > 0.86

    @property
    def is_far(self) -> bool:
        """True where there is room around the thing."""
        return self.fill_share < 0.7


@dataclass(frozen=True, slots=True)
class Scene:
    """One photo before it is taken."""

    photo: str
    seed: str
    thing: Thing
    look: Appearance
    place: str
    light: str
    view: CameraView
    clutter: tuple[str, ...]
    turn_degrees: float

    def chance(self, of: str) -> random.Random:
        """The luck of one part of the scene: the same on every machine."""
        return random.Random(f"{self.seed}/{of}")  # noqa: S311 - luck, not a secret

    @property
    def is_outdoors(self) -> bool:
        """True under the sky."""
        return self.place in OUTDOOR_PLACES


def scene(name: str, number: int, seed: int, digits: int = 2) -> Scene:
    """Photo `number` (from 1) of the thing `name`; the same arguments give the same scene."""
    thing = THINGS[name]
    group, member = divmod(number - 1, GROUP_PHOTOS)
    look, place, light = _group(thing, group, seed)
    own = f"{seed}/{name}/{number}"
    chance = random.Random(own)  # noqa: S311 - luck, not a secret
    turn = (360 * member / GROUP_PHOTOS + 137 * group + chance.uniform(-20, 20)) % 360
    return Scene(
        f"{name}-{number:0{digits}d}",
        own,
        thing,
        look,
        place,
        light,
        _view(thing, member, chance),
        tuple(chance.sample(thing.clutter, chance.choice((0, 1, 1, 2, 2)))),
        turn,
    )


def _group(thing: Thing, group: int, seed: int) -> tuple[Appearance, str, str]:
    """Look, place and light of a group; neighbours differ in look and place."""
    order = random.Random(f"{seed}/{thing.name}/groups")  # noqa: S311 - luck, not a secret
    looks = order.sample(thing.looks, len(thing.looks))
    places = order.sample(thing.places, len(thing.places))
    lap = group // len(looks)
    place = places[(group + lap) % len(places)]
    lights = OUTDOOR_LIGHTS if place in OUTDOOR_PLACES else INDOOR_LIGHTS
    shuffled = order.sample(lights, len(lights))
    return looks[group % len(looks)], place, shuffled[group % len(shuffled)]


def _view(thing: Thing, member: int, chance: random.Random) -> CameraView:
    """Heights and distances are spread over a group's members, so that no two are alike."""
    low, high = thing.elevation_degrees
    height = (member * 0.618 + chance.uniform(0, 0.14)) % 1
    reach = (member * 0.382 + chance.uniform(0, 0.14)) % 1
    return CameraView(
        elevation_degrees=low + (high - low) * height,
        azimuth_degrees=chance.uniform(-28, 28),
        roll_degrees=chance.gauss(0, 2.2),
        focal_length_mm=chance.choice((28.0, 35.0, 42.0, 55.0)),
        fill_share=0.6 + 0.4 * reach,
        blur_share=chance.choice((0.01, 0.02, 0.035)),
        aside=(chance.uniform(-0.07, 0.07), chance.uniform(-0.05, 0.05)),
        is_portrait=chance.random() < 0.4,
    )
