"""The photos that ship with the hub, and what each of them shows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from imagehub.errors import Misconfigured
from imagehub.vocabulary import Label

SHIPPED = Path(__file__).parent
"""The folder of `scenes.csv` and `photos/`."""

TRAITS = ("colour", "material", "place", "light", "view")
LATE = 10


@dataclass(frozen=True, slots=True)
class ShippedScene:
    """One photo: its file, its label, the thing, and its traits in the order of TRAITS."""

    file: Path
    label: Label
    thing: str
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenes:
    """All photos of a set: those that the crowd sends, and some that a full hub has not seen."""

    crowd: tuple[ShippedScene, ...]
    late: tuple[ShippedScene, ...]


def shipped(folder: Path = SHIPPED) -> Scenes:
    """Everything that ships; late is the last photo of each of the first LATE things."""
    scenes = read_scenes(folder)
    last = {scene.thing: scene for scene in scenes}
    late = tuple(last.values())[:LATE]
    return Scenes(tuple(scene for scene in scenes if scene not in late), late)


def read_scenes(folder: Path = SHIPPED) -> list[ShippedScene]:
    """Read what ships, in the order of `scenes.csv`; raise Misconfigured where there is nothing."""
    table = folder / "scenes.csv"
    if not table.is_file():
        raise Misconfigured(f"{table} is missing: this installation came without its photos.")
    with table.open(encoding="utf-8", newline="") as file:
        return [
            ShippedScene(
                file=folder / "photos" / row["photo"],
                label=Label(row["mid"], row["label"]),
                thing=row["thing"],
                traits=tuple(row[trait] for trait in TRAITS),
            )
            for row in csv.DictReader(file)
        ]
