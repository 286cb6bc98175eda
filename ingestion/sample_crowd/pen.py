"""A pen that draws coloured shapes on a transparent sheet."""

from __future__ import annotations

import colorsys
import math
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw

SIDE_PIXELS = 576
Point = tuple[float, float]
Colour = tuple[int, int, int]


class Pen:
    """Draws on a square, transparent sheet whose sides have the length 1; y grows downwards."""

    def __init__(self) -> None:
        self.sheet = Image.new("RGBA", (SIDE_PIXELS, SIDE_PIXELS), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.sheet)

    def ellipse(self, centre: Point, radii: Point, fill: Colour) -> None:
        """Fill an ellipse."""
        (x, y), (rx, ry) = centre, radii
        self._draw.ellipse(self._scaled([(x - rx, y - ry), (x + rx, y + ry)]), fill=fill)

    def polygon(self, corners: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._draw.polygon(self._scaled(corners), fill=fill)

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """Draw a bent line with round joints."""
        self._draw.line(
            self._scaled(points), fill=fill, width=round(width * SIDE_PIXELS), joint="curve"
        )

    def box(self, corners: tuple[Point, Point], fill: Colour, radius: float = 0.0) -> None:
        """Fill an upright rectangle, its corners rounded."""
        self._draw.rounded_rectangle(self._scaled(corners), radius * SIDE_PIXELS, fill=fill)

    def hole(self, centre: Point, radii: Point) -> None:
        """Make an ellipse transparent again."""
        (x, y), (rx, ry) = centre, radii
        corners = self._scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse(corners, fill=(0, 0, 0, 0))

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * SIDE_PIXELS, y * SIDE_PIXELS) for x, y in points]


def colour(chance: random.Random, hues: Point, saturation: float, value: float) -> Colour:
    """A colour with a hue (in turns) between two and a little luck in the rest."""
    hue = chance.uniform(*hues) % 1.0
    near = [
        min(1.0, max(0.0, amount + chance.uniform(-0.08, 0.08))) for amount in (saturation, value)
    ]
    red, green, blue = colorsys.hsv_to_rgb(hue, *near)
    return round(red * 255), round(green * 255), round(blue * 255)


def shade(base: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter colour."""
    red, green, blue = (min(255, round(channel * factor)) for channel in base)
    return red, green, blue


def ring(centre: Point, radii: Sequence[float], start: float = 0.0) -> list[Point]:
    """Points around a centre at the given radii, evenly turned, from `start` radians on."""
    step = 2 * math.pi / len(radii)
    return [
        (
            centre[0] + radius * math.sin(start + step * number),
            centre[1] - radius * math.cos(start + step * number),
        )
        for number, radius in enumerate(radii)
    ]
