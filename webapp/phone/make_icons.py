"""`python -m webapp.phone.make_icons`: draw the app's icons again, as the favicon is drawn."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from webapp.phone.shell import ICONS, STATIC

GRID = 24
"""The favicon's grid: two cards, the front one with a tick."""

BACK, FRONT, TICK, PAPER = "#8fb8b6", "#0f5f63", "#ffffff", "#fafaf8"
OVERSAMPLING = 4
MARGIN = {"any": 0.0, "maskable": 0.22, "apple": 0.12}
"""The share of the side that stays empty: a mask may cut a tenth off each side, and corners."""


def draw(side: int, purpose: str) -> Image.Image:
    """The icon in a square of this side in pixels; all but `any` stand on paper."""
    whole = side * OVERSAMPLING
    unit = whole * (1 - 2 * MARGIN[purpose]) / GRID
    start = whole * MARGIN[purpose]
    picture = Image.new("RGBA", (whole, whole), PAPER if MARGIN[purpose] else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for left, top, colour in ((6, 2, BACK), (2, 6, FRONT)):
        box = [start + unit * at for at in (left, top, left + 16, top + 16)]
        pen.rounded_rectangle(box, radius=3.5 * unit, fill=colour)
    points = [(start + unit * x, start + unit * y) for x, y in ((6, 14.4), (9, 17.4), (14.4, 11.2))]
    pen.line(points, fill=TICK, width=round(2 * unit), joint="curve")
    for x, y in points:
        pen.ellipse([x - unit, y - unit, x + unit, y + unit], fill=TICK)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def write(folder: Path) -> None:
    """Write every icon that the manifest names, and Apple's."""
    for side, purpose in (*ICONS, (180, "apple")):
        draw(side, purpose).save(folder / f"{purpose}-{side}.png", optimize=True)


if __name__ == "__main__":
    write(STATIC / "app")
