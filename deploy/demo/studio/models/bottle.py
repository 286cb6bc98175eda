"""Bottles: for wine, beer, water, sauce, and a flask."""

from __future__ import annotations

import random

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.shapes import lathe, profile

Outline = list[tuple[float, float]]
WINE: Outline = [
    (0.034, 0.0),
    (0.037, 0.004),
    (0.0372, 0.1),
    (0.037, 0.185),
    (0.030, 0.212),
    (0.0165, 0.24),
    (0.014, 0.26),
    (0.014, 0.3),
]
BEER: Outline = [
    (0.028, 0.0),
    (0.0305, 0.004),
    (0.0306, 0.08),
    (0.0304, 0.125),
    (0.024, 0.155),
    (0.0145, 0.185),
    (0.013, 0.2),
    (0.013, 0.225),
]
SWING: Outline = [
    (0.036, 0.0),
    (0.039, 0.005),
    (0.039, 0.12),
    (0.0385, 0.17),
    (0.03, 0.205),
    (0.016, 0.23),
    (0.0145, 0.245),
    (0.0145, 0.268),
]
FLASK: Outline = [
    (0.033, 0.0),
    (0.0355, 0.004),
    (0.0356, 0.09),
    (0.0355, 0.17),
    (0.031, 0.195),
    (0.024, 0.204),
    (0.0235, 0.21),
    (0.0235, 0.215),
]
SQUEEZE: Outline = [
    (0.028, 0.0),
    (0.032, 0.005),
    (0.031, 0.05),
    (0.0285, 0.09),
    (0.031, 0.13),
    (0.028, 0.155),
    (0.02, 0.164),
    (0.02, 0.168),
]
FILLS = {"wine": "18060a", "beer": "5a2606", "swing": ""}


def model(look: Appearance, chance: random.Random) -> None:
    """One upright bottle with its closure and, on most, a label."""
    {"wine": _wine, "beer": _beer, "swing": _swing, "flask": _flask, "squeeze": _squeeze}[
        look.form
    ](look, chance)


def _wine(look: Appearance, chance: random.Random) -> None:
    _vessel(WINE, look)
    _band(WINE, (0.07, 0.155), materials.plain(look.colours[1], 0.7))
    _band(
        WINE,
        (0.085, 0.098),
        materials.plain(chance.choice(("7a1f24", "2f4a34", "b48a34")), 0.6),
        0.0008,
    )
    foil = materials.metal(chance.choice(("6a1420", "1d1d20", "b08a3a")), 0.35)
    lathe(foil, [(0.0148, 0.245), (0.0146, 0.302), (0.0, 0.303)], 40)


def _beer(look: Appearance, chance: random.Random) -> None:
    _vessel(BEER, look)
    _band(BEER, (0.045, 0.11), materials.plain(look.colours[1], 0.6))
    _band(BEER, (0.062, 0.09), materials.plain("efe3c4", 0.6), 0.0008)
    cap = materials.metal(chance.choice(("c9a24a", "b3241c", "c9c9cc")), 0.3)
    lathe(cap, profile([(0.0135, 0.219), (0.0158, 0.22), (0.0146, 0.2275), (0.0, 0.2285)], 4), 21)


def _swing(look: Appearance, chance: random.Random) -> None:
    _vessel(SWING, look)
    if chance.random() < 0.5:
        drink = materials.glass(chance.choice(("f0b45a", "e87a7a", "d8ecf2")))
        lathe(drink, [(0.0, 0.007), (0.034, 0.008), (0.0355, 0.15), (0.0, 0.15)], 40)
    cork = materials.wood("c79a62", "8f6234", 4.0)
    lathe(cork, [(0.012, 0.25), (0.0135, 0.285), (0.012, 0.288), (0.0, 0.288)], 32)


def _flask(look: Appearance, chance: random.Random) -> None:
    steel = materials.metal(look.colours[1], 0.3)
    coat = materials.matte(look.colours[0])
    lathe(coat, profile([(0.0, 0.0), *FLASK, (0.0, 0.215)], 5), 56)
    lathe(steel, [(0.0242, 0.2), (0.0242, 0.204)], 48)
    lathe(
        steel if chance.random() < 0.5 else coat,
        profile([(0.0255, 0.206), (0.026, 0.21), (0.0255, 0.24), (0.02, 0.244), (0.0, 0.244)], 4),
        48,
    )
    lathe(steel, [(0.0358, 0.008), (0.0362, 0.01), (0.0358, 0.012)], 48)


def _squeeze(look: Appearance, chance: random.Random) -> None:
    lathe(
        materials.plastic(look.colours[0], 0.3),
        profile([(0.0, 0.0), *SQUEEZE, (0.0, 0.168)], 5),
        56,
    )
    _band(SQUEEZE, (0.045, 0.075), materials.plastic(look.colours[1], 0.4))
    cap = materials.plastic(chance.choice(("f2f2ee", look.colours[1])), 0.3)
    lathe(
        cap,
        profile([(0.021, 0.165), (0.021, 0.18), (0.008, 0.188), (0.004, 0.215), (0.0, 0.2155)], 4),
        40,
    )


def _vessel(outline: Outline, look: Appearance) -> None:
    """Walls of glass 2 mm thick, and what is inside."""
    top = outline[-1]
    inner = [(radius - 0.0022, max(height, 0.006)) for radius, height in outline[::-1]]
    shell = profile(
        [(0.0, 0.0), *outline, (top[0] - 0.001, top[1] + 0.001), *inner, (0.0, 0.006)], 5
    )
    lathe(materials.glass(look.colours[0]), shell, 56)
    fill = FILLS[look.form]
    if fill:
        inside = [(radius - 0.004, max(height, 0.008)) for radius, height in outline[:5]]
        lathe(
            materials.plain(fill, 0.1),
            profile([(0.0, 0.008), *inside, (0.0, inside[-1][1])], 5),
            48,
        )


def _band(
    outline: Outline,
    between: tuple[float, float],
    material: materials.Material,
    lift: float = 0.0005,
) -> None:
    """A label around the straight part of the bottle."""
    low, high = between
    shape = {height: radius for radius, height in profile(outline, 12)}
    ring = [(shape[height] + lift, height) for height in sorted(shape) if low <= height <= high]
    lathe(material, ring, 56)
