"""Balls for several games: one fine sphere whose vertices carry colour and relief."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import linear
from deploy.demo.studio.shapes import sphere, tint

Vertices = NDArray[np.float64]
Pattern = Callable[[Vertices, Appearance], tuple[Vertices, Vertices]]
RINGS = 110
RADII = {"football": 0.11, "basketball": 0.12, "tennis": 0.033, "beach": 0.17, "plain": 0.09}


def model(look: Appearance, chance: random.Random) -> None:
    """One ball, turned at random."""
    painted: list[Vertices] = []

    def shape(unit: Vertices) -> Vertices:
        colours, height = PATTERNS[look.form](unit, look)
        painted.append(colours)
        return unit * height[:, None]

    radius = RADII[look.form]
    made = sphere(_skin(look), radius, shape, RINGS)
    tint(made, painted[0])
    made.location[2] = radius
    made.rotation_euler = [chance.uniform(0, 6.28) for _ in range(3)]


def _skin(look: Appearance) -> materials.Material:
    match look.form:
        case "football":
            return materials.tinted(0.35, 900, 0.0004, Coat_Weight=0.3)
        case "basketball":
            return materials.tinted(0.5, 330, 0.0012)
        case "tennis":
            return materials.tinted(0.95, 2600, 0.0012, Sheen_Weight=0.6, Specular_IOR_Level=0.1)
        case "beach":
            return materials.tinted(0.2, Coat_Weight=0.5, Coat_Roughness=0.1)
    return materials.tinted(0.35, Coat_Weight=0.2)


def football(unit: Vertices, look: Appearance) -> tuple[Vertices, Vertices]:
    """Twelve dark pentagons and twenty white hexagons (a truncated icosahedron), with seams."""
    golden = (1 + 5**0.5) / 2
    signs = [(a, b) for a in (-1, 1) for b in (-golden, golden)]
    pentagons = np.array([turn for a, b in signs for turn in ((0, a, b), (a, b, 0), (b, 0, a))])
    pentagons /= np.linalg.norm(pentagons, axis=1, keepdims=True)
    near = pentagons @ pentagons.T > 0.4
    triples = [
        (i, j, k)
        for i in range(12) for j in range(i) for k in range(j)
        if near[i, j] and near[j, k] and near[i, k]
    ]  # fmt: skip
    hexagons = np.array([pentagons[list(triple)].sum(axis=0) for triple in triples])
    hexagons /= np.linalg.norm(hexagons, axis=1, keepdims=True)
    faces = np.concatenate([pentagons / 0.9393, hexagons / 0.9149])
    return _panelled(unit, faces, [linear(look.colours[1])] * 12 + [linear(look.colours[0])] * 20)


def _panelled(
    unit: Vertices, faces: Vertices, colours: list[tuple[float, float, float]]
) -> tuple[Vertices, Vertices]:
    reach = unit @ faces.T
    ranked = np.sort(reach, axis=1)
    groove = np.clip(1 - (ranked[:, -1] - ranked[:, -2]) / 0.022, 0, 1)
    tones = np.array(colours)[reach.argmax(axis=1)] * (1 - 0.75 * groove[:, None] ** 2)
    return tones, 1 - 0.012 * groove**2


def basketball(unit: Vertices, look: Appearance) -> tuple[Vertices, Vertices]:
    """Two great circles and two bent seams."""
    x, y, z = unit.T
    bent = np.abs(np.abs(y) - 0.5 - 0.3 * x**2)
    groove = np.clip(1 - np.minimum(np.minimum(np.abs(x), np.abs(z)), bent) / 0.022, 0, 1) ** 0.5
    tones = np.outer(1 - groove, linear(look.colours[0])) + np.outer(
        groove, linear(look.colours[1])
    )
    return tones, 1 - 0.012 * groove


def tennis(unit: Vertices, look: Appearance) -> tuple[Vertices, Vertices]:
    """The one seam of a tennis ball, near to a baseball curve."""
    x, y, z = unit.T
    line = np.abs(z - 0.62 * np.cos(2 * np.arctan2(y, x)) * np.sqrt(np.clip(1 - 0.35 * z**2, 0, 1)))
    seam = np.clip(1.6 - line / 0.055, 0, 1)
    tones = np.outer(1 - seam, linear(look.colours[0])) + np.outer(seam, linear(look.colours[1]))
    return tones, 1 - 0.02 * seam


def beach(unit: Vertices, look: Appearance) -> tuple[Vertices, Vertices]:
    """Six sectors, white ones between the coloured."""
    names = [look.colours[1], look.colours[0], "2466b8", look.colours[0], "f0b81c", look.colours[0]]
    sector = ((np.arctan2(unit[:, 1], unit[:, 0]) / (2 * np.pi) + 0.5) * 6).astype(int) % 6
    tones = np.array([linear(name) for name in names])[sector]
    tones[np.abs(unit[:, 2]) > 0.965] = linear(look.colours[0])
    return tones, np.ones(len(unit))


def plain(unit: Vertices, look: Appearance) -> tuple[Vertices, Vertices]:
    """One colour, with the mould's line."""
    groove = np.clip(1 - np.abs(unit[:, 2]) / 0.02, 0, 1)
    return np.tile(linear(look.colours[0]), (len(unit), 1)), 1 - 0.006 * groove


PATTERNS: dict[str, Pattern] = {
    "football": football,
    "basketball": basketball,
    "tennis": tennis,
    "beach": beach,
    "plain": plain,
}
