"""Where a photo is taken: the ground under the thing and what lies behind it.

The camera looks along +Y. The thing stands on z = 0 and is about `size` metres large.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from deploy.demo.studio import materials
from deploy.demo.studio.backdrop import folds, ground, lawn, near, outdoors, room, skirted, wall
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import box
from deploy.demo.studio.surfaces import planks, plaster, tiles

Place = Callable[[float, random.Random], None]


def wooden_table(size: float, chance: random.Random) -> None:
    """A board of planks; a painted room behind."""
    light, dark = chance.choice([("b27a45", "6b3c1a"), ("8a5530", "472410"), ("caa06c", "94683a")])
    ground(planks(light, dark, 0.11), 1.6, 1.0)
    room(size, chance.choice(("b9b4a6", "8fa3a0", "c9b79c", "7d8a96")), chance)


def kitchen_counter(size: float, chance: random.Random) -> None:
    """Stone under, glazed tiles behind."""
    paint = Paint("stone")
    base = linear(chance.choice(("d9d6cf", "3a3b3e", "b7aea2")))
    specks = paint.step(paint.cells(150), 0.3, 0.1)
    veins = paint.mix(paint.noise(9, 6, None, 0.65), materials.shade(base, 0.7), base)
    ground(
        paint.surface(
            paint.mix(paint.math("MULTIPLY", specks, 0.5), veins, materials.shade(base, 0.5)), 0.18
        ),
        1.6,
        1.0,
    )
    wall(tiles(chance.choice(("eceae4", "9fbfb8", "d7c7a8", "4f7284")), 0.1), near(size))


def checked_cloth(size: float, chance: random.Random) -> None:
    """A checked tablecloth with soft folds."""
    colour = chance.choice(("b02a2a", "2a4f8f", "3c7a4a"))
    cloth = materials.fabric("f1ece0", colour, chance.choice((0.018, 0.026)))
    folds(cloth, 1.2, size, chance)
    room(size, chance.choice(("c9b79c", "a8b5a6", "cfc8bb")), chance)


def white_desk(size: float, chance: random.Random) -> None:
    """A white desk before a plain wall."""
    ground(materials.plain("e9e7e2", 0.35), 1.8, 1.2)
    wall(plaster(chance.choice(("d9d4ca", "9db4bd", "c7a99a", "5d7a78"))), near(size) * 1.2)


def shelf(size: float, chance: random.Random) -> None:
    """A shelf with books and a wall close behind."""
    ground(planks("9b6b3d", "5a3518", 0.5), 1.4, max(0.16, size * 0.75))
    back = max(0.17, size * 0.78)
    wall(plaster(chance.choice(("44605c", "c8bda8", "8c4a36", "dcd7cc"))), back)
    at = size * chance.uniform(0.75, 1.0) + 0.04
    for side in (-1, 1):
        x = side * at
        for _ in range(chance.randint(4, 8)):
            thick, tall = chance.uniform(0.018, 0.04), chance.uniform(0.16, 0.25)
            spine = chance.choice(("7a2420", "24466c", "d8cdb4", "2f5b42", "c08a2c", "38343a"))
            box(materials.matte(spine), (thick, 0.14, tall), (x, back - 0.075, tall / 2), 0.003)
            x += side * (thick + 0.002)


def green_felt(size: float, chance: random.Random) -> None:
    """A gaming table."""
    ground(materials.fabric("1d6b3c", weave=1600.0), 1.4, 0.9)
    room(size, "5a3f2c", chance)


def wooden_floor(size: float, chance: random.Random) -> None:
    """Floorboards and a wall with its skirting board."""
    light, dark = chance.choice([("b98650", "7a4a22"), ("8d6038", "4e2c14"), ("c9ab82", "9a7750")])
    ground(planks(light, dark, 0.14), 5.0, 4.0)
    skirted(plaster(chance.choice(("d8d2c4", "a9bcbc", "c9a58e", "7f8f7a"))), size)


def carpet(size: float, chance: random.Random) -> None:
    """A deep rug."""
    paint = Paint("carpet")
    base = linear(chance.choice(("8a2f2c", "5c6f80", "b8a888", "3f5c4c")))
    tufts = paint.noise(260, 3, None, 0.7)
    tone = paint.mix(tufts, materials.shade(base, 0.45), materials.shade(base, 1.25))
    tone = paint.mix(paint.math("MULTIPLY", paint.noise(7), 0.4), tone, materials.shade(base, 0.7))
    deep = paint.bump(tufts, 0.012)
    ground(
        paint.surface(tone, 0.95, Sheen_Weight=0.4, Specular_IOR_Level=0.1, Normal=deep), 5.0, 4.0
    )
    skirted(plaster(chance.choice(("d8d2c4", "b9b0a0", "9fb0b8"))), size)


def tiled_floor(size: float, chance: random.Random) -> None:
    """Floor tiles and a wall."""
    ground(tiles(chance.choice(("c8b79e", "b4553a", "d7d5cf")), 0.24), 5.0, 4.0)
    skirted(plaster(chance.choice(("e0dacd", "b7c4bd", "d9b98c"))), size)


def pavement(size: float, chance: random.Random) -> None:
    """Paving stones; a street far behind."""
    paint = Paint("pavement")
    base = linear(chance.choice(("8d8a84", "9a8f80", "77797c")))
    bricks = paint.node(
        "TexBrick",
        {
            "Vector": paint.stretched(1, 1, 1, chance.uniform(0, 1.2)),
            "Color1": materials.shade(base, 1.1),
            "Color2": materials.shade(base, 0.85),
            "Mortar": materials.shade(base, 0.35),
            "Scale": chance.choice((2.4, 4.5)),
            "Mortar Size": 0.012,
        },
    ).outputs["Color"]
    grit = paint.noise(120, 5, None, 0.7)
    tone = paint.mix(
        paint.math("MULTIPLY", grit, 0.55), bricks, materials.shade(base, 0.4), "MULTIPLY"
    )
    ground(paint.surface(tone, 0.85, Normal=paint.bump(grit, 0.003)), 20.0, 9.0)
    outdoors(size, ("5f6468", "b0a08c", "33383a"), 7.0)


def sand(size: float, chance: random.Random) -> None:
    """A beach."""
    paint = Paint("sand")
    ripples = paint.noise(1.0, 4, paint.stretched(9, 22, 9, chance.uniform(0, 3)), 0.6)
    grains = paint.noise(700, 2, None, 0.8)
    tone = paint.mix(grains, linear("b0905e"), linear("e2c795"))
    high = paint.math("ADD", ripples, paint.math("MULTIPLY", grains, 0.05))
    ground(
        paint.surface(tone, 0.95, Specular_IOR_Level=0.1, Normal=paint.bump(high, 0.02)), 20.0, 9.0
    )
    outdoors(size, ("3d6f8c", "5f93ab", "79a9ba"), 9.0)


def garden_table(size: float, chance: random.Random) -> None:  # noqa: ARG001 - one shape for all
    """Weathered slats with a garden behind."""
    ground(planks("a59681", "6d5f4e", 0.085), 1.5, max(0.5, size))
    outdoors(size, ("3a4a2a", "748058", "1a2414"), 5.0)


def grass(size: float, chance: random.Random) -> None:
    """A lawn of single blades, thick where the camera looks."""
    paint = Paint("soil")
    ground(
        paint.surface(paint.mix(paint.noise(14), linear("2c3818"), linear("56643a")), 0.95),
        20.0,
        9.0,
    )
    lawn(max(size * 2.6, 0.5), min(0.05, 0.006 + size * 0.1), chance)
    outdoors(size, ("3f5030", "7d8a60", "1c2616"), 6.0)


PLACES: dict[str, Place] = {
    "wooden table": wooden_table,
    "kitchen counter": kitchen_counter,
    "checked cloth": checked_cloth,
    "white desk": white_desk,
    "shelf": shelf,
    "green felt": green_felt,
    "wooden floor": wooden_floor,
    "carpet": carpet,
    "tiled floor": tiled_floor,
    "pavement": pavement,
    "sand": sand,
    "garden table": garden_table,
    "grass": grass,
}
