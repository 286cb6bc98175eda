"""Twelve things, drawn. Each drawing varies in colour and shape by the luck that it is given."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from imagehub.vocabulary import Label
from ingestion.sample_crowd.pen import Pen, Point, colour, ring, shade

Drawing = Callable[[Pen, random.Random], None]


def apple(pen: Pen, chance: random.Random) -> None:
    """Two overlapping round halves with a stalk and a leaf; red or green."""
    skin = colour(chance, chance.choice([(0.96, 1.02), (0.96, 1.02), (0.2, 0.27)]), 0.85, 0.75)
    height = chance.uniform(0.32, 0.37)
    for side in (-1, 1):
        pen.ellipse((0.5 + side * 0.13, 0.58), (0.25, height), skin)
    pen.ellipse((0.5, 0.25), (0.1, 0.05), shade(skin, 0.6))
    pen.line([(0.5, 0.27), (0.5 + chance.uniform(-0.05, 0.05), 0.08)], 0.03, (90, 60, 30))
    pen.ellipse((0.62, 0.13), (0.11, 0.045), (60, 130, 40))
    pen.ellipse((0.36, 0.45), (0.05, 0.09), shade(skin, 1.45))


def banana(pen: Pen, chance: random.Random) -> None:
    """A yellow crescent with dark ends."""
    skin = colour(chance, (0.13, 0.155), 0.85, 0.92)
    bend = chance.uniform(0.26, 0.38)
    turns = [math.pi * (0.08 + 0.84 * step / 24) for step in range(25)]
    outer = [(0.5 - 0.45 * math.cos(t), 0.32 + (bend + 0.16) * math.sin(t)) for t in turns]
    inner = [(0.5 - 0.42 * math.cos(t), 0.28 + (bend - 0.04) * math.sin(t)) for t in turns]
    pen.polygon([*outer, *reversed(inner)], skin)
    middle = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(outer, inner, strict=True)]
    pen.line(middle, 0.012, shade(skin, 0.75))
    pen.ellipse(middle[0], (0.035, 0.045), (80, 60, 25))
    pen.ellipse(middle[-1], (0.025, 0.03), (60, 50, 20))
    for _ in range(chance.randint(0, 8)):
        x, y = chance.choice(middle[4:-4])
        pen.ellipse((x, y + chance.uniform(-0.04, 0.04)), (0.012, 0.008), (110, 75, 30))


def orange(pen: Pen, chance: random.Random) -> None:
    """An orange disc with pores, or a cut one with its segments."""
    skin = colour(chance, (0.06, 0.09), 0.92, 0.95)
    pen.ellipse((0.5, 0.5), (0.42, 0.42), skin)
    if chance.random() < 0.4:
        pen.ellipse((0.5, 0.5), (0.37, 0.37), (255, 235, 200))
        pen.ellipse((0.5, 0.5), (0.34, 0.34), shade(skin, 1.1))
        for corner in ring((0.5, 0.5), [0.35] * 10, chance.random()):
            pen.line([(0.5, 0.5), corner], 0.018, (255, 235, 200))
        return
    for _ in range(140):
        turn, far = chance.uniform(0, 2 * math.pi), 0.4 * math.sqrt(chance.random())
        at = (0.5 + far * math.cos(turn), 0.5 + far * math.sin(turn))
        pen.ellipse(at, (0.007, 0.007), shade(skin, 0.85))
    pen.polygon(ring((0.5, 0.3), [0.05, 0.02] * 5), (70, 100, 40))


def book(pen: Pen, chance: random.Random) -> None:
    """A standing book with a title, or an open one with lines of text."""
    cover = colour(chance, (0.55, 0.95), 0.6, 0.5)
    if chance.random() < 0.5:
        pen.box(((0.2, 0.08), (0.82, 0.94)), (235, 230, 215), 0.01)
        pen.box(((0.17, 0.05), (0.78, 0.92)), cover, 0.02)
        pen.box(((0.17, 0.05), (0.25, 0.92)), shade(cover, 0.7), 0.01)
        for line in range(chance.randint(2, 4)):
            y = 0.2 + 0.09 * line
            pen.box(((0.34, y), (chance.uniform(0.55, 0.7), y + 0.04)), (225, 200, 120))
        return
    for side in (-1, 1):
        page = [(0.5, 0.24), (0.5 + side * 0.46, 0.18), (0.5 + side * 0.46, 0.76), (0.5, 0.82)]
        pen.polygon([(x, y + 0.04) for x, y in page], cover)
        pen.polygon(page, (245, 240, 225))
        for line in range(10):
            y = 0.29 + 0.047 * line
            end = 0.5 + side * chance.uniform(0.3, 0.42)
            pen.line([(0.5 + side * 0.05, y), (end, y - 0.05)], 0.012, (110, 105, 100))
    pen.line([(0.5, 0.24), (0.5, 0.82)], 0.012, (170, 160, 140))


def candle(pen: Pen, chance: random.Random) -> None:
    """A pale upright stick with a flame and a halo."""
    wax = colour(chance, (0.0, 1.0), 0.25, 0.9)
    width, top = chance.uniform(0.08, 0.13), chance.uniform(0.36, 0.46)
    for size, glow in ((0.2, (255, 200, 90)), (0.14, (255, 220, 120))):
        pen.ellipse((0.5, top - 0.16), (size * 0.7, size), glow)
    pen.box(((0.5 - width, top), (0.5 + width, 0.92)), wax, 0.02)
    pen.box(((0.5 + width * 0.4, top), (0.5 + width, 0.92)), shade(wax, 0.8), 0.02)
    pen.ellipse((0.5, top), (width, 0.025), shade(wax, 1.1))
    pen.line([(0.5, top), (0.5, top - 0.07)], 0.014, (40, 30, 30))
    lean = chance.uniform(-0.03, 0.03)
    pen.polygon(
        [(0.5 + lean, top - 0.3), (0.56, top - 0.1), (0.5, top - 0.04), (0.44, top - 0.1)],
        (255, 150, 30),
    )
    pen.ellipse((0.5, top - 0.1), (0.03, 0.06), (255, 245, 190))
    pen.ellipse((0.5, 0.93), (width * 2.2, 0.045), (120, 100, 70))


def traffic_light(pen: Pen, chance: random.Random) -> None:
    """A dark box on a pole with three lamps, one of them lit."""
    case = shade((45, 50, 48), chance.uniform(0.7, 1.4))
    pen.box(((0.46, 0.7), (0.54, 1.0)), (95, 95, 98))
    pen.box(((0.29, 0.02), (0.71, 0.8)), case, 0.08)
    lit = chance.randrange(3)
    for number, lamp in enumerate([(235, 40, 30), (250, 190, 30), (40, 210, 90)]):
        centre = (0.5, 0.16 + 0.25 * number)
        pen.ellipse(centre, (0.125, 0.115), shade(case, 0.5))
        pen.ellipse(centre, (0.105, 0.1), lamp if number == lit else shade(lamp, 0.35))
        if number == lit:
            pen.ellipse(centre, (0.05, 0.05), shade(lamp, 1.5))


def mug(pen: Pen, chance: random.Random) -> None:
    """A cup with a handle, its rim seen from above, perhaps striped."""
    glaze = colour(chance, (0.48, 0.62), 0.55, 0.8)
    side = chance.choice([-1, 1])
    pen.ellipse((0.5 + side * 0.3, 0.54), (0.17, 0.2), shade(glaze, 0.85))
    pen.hole((0.5 + side * 0.3, 0.54), (0.1, 0.125))
    pen.box(((0.22, 0.24), (0.78, 0.86)), glaze, 0.06)
    if chance.random() < 0.5:
        for stripe in range(3):
            y = 0.4 + 0.13 * stripe
            pen.box(((0.22, y), (0.78, y + 0.05)), (245, 245, 240))
    pen.box(((0.68, 0.26), (0.78, 0.84)), shade(glaze, 0.75), 0.04)
    pen.ellipse((0.5, 0.25), (0.28, 0.09), shade(glaze, 1.15))
    pen.ellipse((0.5, 0.26), (0.24, 0.065), (70, 42, 25))


def dice(pen: Pen, chance: random.Random) -> None:
    """A white cube seen from a corner, with pips on three faces."""
    body = shade((238, 236, 228), chance.uniform(0.92, 1.05))
    pip = chance.choice([(25, 25, 30), (170, 25, 30), (25, 40, 120)])
    top, left, right = (0.42, -0.2), (-0.42, -0.2), (0.0, 0.46)
    faces = [
        ((0.5, 0.48), top, left, 1.0),
        ((0.5, 0.48), left, right, 0.86),
        ((0.5, 0.48), top, right, 0.7),
    ]
    values = chance.sample(range(1, 7), 3)
    spots = {
        1: [(0.5, 0.5)],
        2: [(0.25, 0.25), (0.75, 0.75)],
        3: [(0.22, 0.22), (0.5, 0.5), (0.78, 0.78)],
        4: [(0.26, 0.26), (0.26, 0.74), (0.74, 0.26), (0.74, 0.74)],
        5: [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75), (0.5, 0.5)],
        6: [(0.26, 0.2), (0.26, 0.5), (0.26, 0.8), (0.74, 0.2), (0.74, 0.5), (0.74, 0.8)],
    }
    for (origin, u, v, light), value in zip(faces, values, strict=True):

        def at(a: float, b: float, origin: Point = origin, u: Point = u, v: Point = v) -> Point:
            return origin[0] + a * u[0] + b * v[0], origin[1] + a * u[1] + b * v[1]

        pen.polygon([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], shade(body, light))
        for a, b in spots[value]:
            pen.polygon([at(a + dx, b + dy) for dx, dy in ring((0, 0), [0.095] * 16)], pip)


def umbrella(pen: Pen, chance: random.Random) -> None:
    """A scalloped half-dome of two colours on a hooked stick."""
    first = colour(chance, (0.75, 0.95), 0.7, 0.75)
    second = chance.choice([(245, 240, 235), shade(first, 0.6), (250, 210, 60)])
    pen.line(
        [(0.5, 0.1), (0.5, 0.86), (0.47, 0.92), (0.41, 0.92), (0.39, 0.86)], 0.025, (80, 60, 45)
    )
    gores = chance.choice([6, 8])
    for number in range(gores):
        edge = [math.cos(math.pi * (1 - end / gores)) for end in (number, number + 1)]
        dome = []
        for step in range(9):
            share = step / 8
            height = math.sqrt(max(0.0, 1 - share**2))
            dome.append((0.5 + 0.46 * edge[0] * share, 0.54 - 0.42 * height))
        back = [
            (0.5 + 0.46 * edge[1] * (x / 8), 0.54 - 0.42 * math.sqrt(1 - (x / 8) ** 2))
            for x in range(8, -1, -1)
        ]
        dip = (0.5 + 0.46 * (edge[0] + edge[1]) / 2, 0.5)
        pen.polygon([*dome, dip, *back], first if number % 2 else second)
    pen.line([(0.5, 0.12), (0.5, 0.06)], 0.02, (80, 60, 45))


def cake(pen: Pen, chance: random.Random) -> None:
    """Two tiers with icing that drips, cherries and candles."""
    sponge = colour(chance, (0.06, 0.09), 0.5, 0.6)
    icing = colour(chance, (0.9, 1.0), 0.35, 0.95)
    for (left, top), (right, bottom) in (((0.08, 0.55), (0.92, 0.9)), ((0.22, 0.3), (0.78, 0.58))):
        pen.box(((left, top), (right, bottom)), sponge, 0.03)
        pen.box(((left, (top + bottom) / 2), (right, (top + bottom) / 2 + 0.03)), (250, 240, 220))
        pen.box(((left, top), (right, top + 0.08)), icing, 0.03)
        x = left + 0.05
        while x < right - 0.03:
            pen.ellipse((x, top + 0.08), (0.035, chance.uniform(0.03, 0.09)), icing)
            x += 0.09
    for number in range(chance.randint(3, 5)):
        x = 0.3 + 0.1 * number
        if number % 2:
            pen.box(((x - 0.012, 0.14), (x + 0.012, 0.3)), (90, 160, 220))
            pen.ellipse((x, 0.11), (0.018, 0.035), (255, 190, 50))
        else:
            pen.ellipse((x, 0.28), (0.04, 0.04), (190, 20, 40))
    pen.ellipse((0.5, 0.92), (0.48, 0.035), (215, 215, 220))


def kite(pen: Pen, chance: random.Random) -> None:
    """A diamond of four colours with a tail of bows."""
    hue = chance.random()
    tail = [(0.5 + 0.08 * math.sin(step * 0.9 + hue * 6), 0.66 + 0.04 * step) for step in range(9)]
    pen.line(tail, 0.012, (70, 70, 80))
    for x, y in tail[2::2]:
        bow = colour(chance, (0.0, 1.0), 0.8, 0.9)
        pen.polygon([(x, y), (x - 0.06, y - 0.03), (x - 0.06, y + 0.03)], bow)
        pen.polygon([(x, y), (x + 0.06, y - 0.03), (x + 0.06, y + 0.03)], bow)
    corners = [(0.5, 0.02), (0.84, 0.28), (0.5, 0.7), (0.16, 0.28)]
    for number in range(4):
        around = hue + number * 0.25
        field = colour(chance, (around, around + 0.05), 0.85, 0.9)
        pen.polygon([(0.5, 0.28), corners[number], corners[(number + 1) % 4]], field)
    pen.line([corners[0], corners[2]], 0.012, (60, 50, 40))
    pen.line([corners[1], corners[3]], 0.012, (60, 50, 40))


def starfish(pen: Pen, chance: random.Random) -> None:
    """Five blunt arms, rows of bumps along them."""
    skin = colour(chance, (0.01, 0.06), 0.75, 0.8)
    start = chance.uniform(0, 2 * math.pi)
    tips = ring((0.5, 0.5), [chance.uniform(0.42, 0.47) for _ in range(5)], start)
    for tip in tips:
        for step in range(30):
            share = step / 29
            at = (0.5 + (tip[0] - 0.5) * share, 0.5 + (tip[1] - 0.5) * share)
            radius = 0.15 - 0.105 * share
            pen.ellipse(at, (radius, radius), shade(skin, 1.0 - 0.15 * share))
    for tip in tips:
        for step in range(1, 9):
            share = step / 9
            at = (0.5 + (tip[0] - 0.5) * share, 0.5 + (tip[1] - 0.5) * share)
            pen.ellipse(at, (0.018, 0.018), shade(skin, 1.5))


DRAWINGS: dict[Label, Drawing] = {
    Label("/m/014j1m", "Apple"): apple,
    Label("/m/09qck", "Banana"): banana,
    Label("/m/0cyhj_", "Orange"): orange,
    Label("/m/0bt_c3", "Book"): book,
    Label("/m/0c06p", "Candle"): candle,
    Label("/m/015qff", "Traffic light"): traffic_light,
    Label("/m/02jvh9", "Mug"): mug,
    Label("/m/029b3", "Dice"): dice,
    Label("/m/0hnnb", "Umbrella"): umbrella,
    Label("/m/0fszt", "Cake"): cake,
    Label("/m/02zt3", "Kite"): kite,
    Label("/m/01h8tj", "Starfish"): starfish,
}
"""Each drawn thing by the Open Images label that it shows."""
