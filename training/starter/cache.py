"""Pictures with their teachers' answers on disk, in parts, so that a stop costs one part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.starter.packed import Packed, Pixels
from training.starter.pictures import cut_picture, make_picture
from training.starter.rendered import Rendered
from training.starter.teachers import Teachers

PART_PICTURES = 2000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """N pictures 96 x 96 x 3 uint8, their classes, and what the teachers answered."""

    pixels: Pixels
    classes: npt.NDArray[np.int64]
    features: npt.NDArray[np.float16]
    probabilities: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.classes)


def write_lessons(photos: Packed, seed: int, folder: Path, teachers: Teachers, say: Say) -> None:
    """Make one picture of each photo with this seed and ask the teachers; parts there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng(seed).permutation(len(photos.classes))
    for number, begin in enumerate(range(0, len(order), PART_PICTURES)):
        path = folder / f"seed-{seed}-part-{number:03}.npz"
        if path.exists():
            continue
        indices = order[begin : begin + PART_PICTURES]
        made = [make_picture(photos.pixels, photos.classes, int(at), seed) for at in indices]
        pixels = np.concatenate([pictures.pixels for pictures in made])
        classes = np.concatenate([pictures.classes for pictures in made])
        write_part(path, pixels, classes, teachers)
        say(f"{path.name}: {len(indices)} pictures")


def write_rendered(
    rendered: Rendered, numbers: Sequence[int], seed: int, folder: Path, teachers: Teachers
) -> None:
    """Make one picture of each rendered photo with this seed; `numbers` are their classes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rendered-{seed}.npz"
    if path.exists():
        return
    made = [cut_picture(photo, at, seed) for at, photo in enumerate(rendered.pixels)]
    write_part(path, np.stack(made), np.array(numbers, np.int64), teachers)


def write_part(
    path: Path, pixels: Pixels, classes: npt.NDArray[np.int64], teachers: Teachers
) -> None:
    """Ask the teachers of these pictures and write all of it under its name at once."""
    answers = teachers.ask(pixels)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            pixels=pixels,
            classes=classes,
            features=answers.features,
            probabilities=answers.probabilities,
        )
    unfinished.rename(path)


def read_lessons(folder: Path) -> Lessons:
    """Read all parts that are there, in the order of their names."""
    names = ("pixels", "classes", "features", "probabilities")
    parts: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in names}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as part:
            for name in names:
                parts[name].append(part[name])
    return Lessons(**{name: np.concatenate(found) for name, found in parts.items()})
