"""scenes.csv: every photo's label and its scene in words."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from deploy.demo.studio.captions import captions
from deploy.demo.studio.scene import Scene
from deploy.demo.studio.words import LIGHTS, PLACES

HEAD = "photo,mid,label,thing,colour,material,place,light,view,caption_1,caption_2"


def write_scenes(file: Path, scenes: Iterable[Scene]) -> None:
    """Write one row a scene, in the order of the photos' names."""
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(HEAD.split(","))
        writer.writerows(row(scene) for scene in sorted(scenes, key=lambda scene: scene.photo))


def row(scene: Scene) -> list[str]:
    """The columns of HEAD."""
    return [
        f"{scene.photo}.jpg",
        scene.thing.mid,
        scene.thing.label,
        scene.thing.name,
        scene.look.colour,
        scene.look.material,
        PLACES[scene.place][0],
        LIGHTS[scene.light][0],
        scene.view.words,
        *captions(scene),
    ]
