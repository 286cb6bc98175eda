"""A set of photos like the one that ships with the hub, drawn in code."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.factories.drawings import drawn_jpeg

THINGS = [("/m/014j1m", "Apple"), ("/m/09qck", "Banana"), ("/m/02jvh9", "Mug")]
COLOURS = ["red", "green"]
HEAD = "photo,mid,label,thing,colour,material,place,light,view,caption_1,caption_2"


def drawn_scenes(folder: Path, photos_each: int = 20) -> Path:
    """Write `scenes.csv` and `photos/` for three things; the same bytes every time."""
    (folder / "photos").mkdir(parents=True)
    with (folder / "scenes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEAD.split(","))
        for thing, (mid, name) in enumerate(THINGS):
            for number in range(1, photos_each + 1):
                photo = f"{name.lower()}-{number:02d}.jpg"
                jpeg = drawn_jpeg(1000 * thing + number, (384, 288))
                (folder / "photos" / photo).write_bytes(jpeg)
                colour = COLOURS[number % 2]
                traits = [colour, "wax", "table", "day", "front"]
                caption = f"{colour} {name.lower()}"
                table.writerow([photo, mid, name, name.lower(), *traits, caption, caption])
    return folder
