"""Pictures of a training run as numbers for SVG: curves and confusion matrices. Pure.

Templates draw them with attributes only, because no page of ours has inline styles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 352, 12, 160
MOST_POINTS = 400
TICKS = 4
SMALLEST_TOP = 1e-6
"""Of a curve whose values are all but nothing."""

SHORT_QUARTERS = (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8)

LARGE_CELL, SMALL_CELL, MOST_LARGE_CELLS = 30, 12, 30
LETTER = 6.5
"""About the width of a letter at the pictures' size, in their units."""
DARK_SHARE = 0.55
LONGEST_NAME = 18


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the picture and its number."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: `points` is what an SVG polyline takes; `steps` are the ticks below."""

    points: str
    levels: tuple[Tick, ...]
    steps: tuple[Tick, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Cell:
    """So many photos of one label were called another; `share` is that of the row."""

    x: int
    y: int
    photos: int
    share: float
    is_dark: bool
    words: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion matrix; rows are what photos show, columns what the model said.

    The cells begin at (`margin`, `margin`); names stand left of them and above.
    """

    margin: int
    width: int
    height: int
    side: int
    has_numbers: bool
    places: tuple[Tick, ...]
    cells: tuple[Cell, ...]


def curve(points: Sequence[tuple[int, float]], last_step: int, is_share: bool) -> Curve | None:
    """A curve over steps from 0 to `last_step`; a share goes from 0 to 100 %. None without points.

    Of many points every nth is taken, and the last.
    """
    if not points:
        return None
    stride = max(1, math.ceil(len(points) / MOST_POINTS))
    taken = [*points[:-1:stride], points[-1]]
    top = 1.0 if is_share else _round_up(max(value for _, value in taken))
    steps = max(last_step, points[-1][0], 1)

    def x(step: float) -> float:
        return LEFT + (RIGHT - LEFT) * step / steps

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(max(value / top, 0.0), 1.0)

    def words(value: float) -> str:
        return f"{value * 100:.0f} %" if is_share else f"{value:.3g}"

    return Curve(
        points=" ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in taken),
        levels=tuple(
            Tick(round(y(top * n / TICKS), 1), words(top * n / TICKS)) for n in range(TICKS + 1)
        ),
        steps=tuple(
            Tick(round(x(step), 1), f"{step:,}") for step in dict.fromkeys((0, steps // 2, steps))
        ),
        last=f"{points[-1][1] * 100:.1f} %" if is_share else f"{points[-1][1]:.3f}",
    )


def matrix(confusion: Sequence[Sequence[int]], names: Sequence[str]) -> Matrix:
    """A picture of N x N counts; beyond MOST_LARGE_CELLS labels without numbers in the cells."""
    is_large = len(names) <= MOST_LARGE_CELLS
    side = LARGE_CELL if is_large else SMALL_CELL
    shown = [_short(name) for name in names]
    margin = 14 + math.ceil(LETTER * max((len(name) for name in shown), default=0))
    ticks = tuple(Tick(margin + side * (at + 0.5), name) for at, name in enumerate(shown))
    cells = []
    for row, counts in enumerate(confusion):
        photos = sum(counts)
        for column, count in enumerate(counts):
            if count:
                cells.append(
                    Cell(
                        x=margin + side * column,
                        y=margin + side * row,
                        photos=count,
                        share=round(count / photos, 3),
                        is_dark=count / photos > DARK_SHARE,
                        words=f"{count} of {photos} photos of {names[row]}: {names[column]}",
                    )
                )
    return Matrix(
        margin=margin,
        width=margin + side * len(names) + 2,
        height=margin + side * len(names) + 2,
        side=side,
        has_numbers=is_large,
        places=ticks,
        cells=tuple(cells),
    )


def _round_up(value: float) -> float:
    """The next number whose quarters are short that is not below a positive value."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    if value < SMALLEST_TOP:
        return SMALLEST_TOP
    power = 10.0 ** math.floor(math.log10(value))
    return power * next((quarter for quarter in SHORT_QUARTERS if value <= power * quarter), 10)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
