"""Source photos of a crowd that are one picture though its truth.csv names two.

The photos that crowds are made of hold some pictures twice, saved again or as mirror images, and
whoever drew the crowd did not know. The test here is exact and knows nothing of the hub's own
comparison: two photos are one picture if both are of the same size and, with one of them mirrored
or not, no cell of 8 x 8 pixels differs by more than MOST_DIFFERENCE levels, the mean over its
pixels and colours. Every pair of a size is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from ingestion.crowd import Truth
from tests.benchmarks.curation.crowds import UNSPOILT, KnownCrowd

CELL_PIXELS = 8
"""The cells in which JPEG loses detail."""

MOST_DIFFERENCE = 6.0
"""Of 256 levels. Among 2,534 photos of Caltech-101, 31 mirrored pairs of leopards differ by 2 to 5
levels in their worst cell, as saving twice as JPEG does, all other pairs of a size by 16 and more,
retouched photos of one motorcycle among them."""

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, order=True)
class SamePicture:
    """Two sources by name, the earlier upload first; `difference` is their worst cell's."""

    first: str
    second: str
    is_mirrored: bool
    difference: float


def same_pictures(files: Mapping[str, Path]) -> list[SamePicture]:
    """All pairs of photos that are one picture, in the order of the names given."""
    by_size: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, file in files.items():
        by_size[_size(file)].append(name)
    found = [
        pair for names in by_size.values() for pair in _among(names, [files[one] for one in names])
    ]
    place = {name: number for number, name in enumerate(files)}
    return sorted(found, key=lambda pair: (place[pair.first], place[pair.second]))


def sources(known: KnownCrowd) -> dict[str, Path]:
    """The files of the uploads that repeat no other and are not spoiled, by name, as sent."""
    return {
        one.name: one.file for one in known.crowd.uploads if known.truth[one.name].kind in UNSPOILT
    }


def completed(truth: Mapping[str, Truth], pairs: Sequence[SamePicture]) -> dict[str, Truth]:
    """The truth, in which the second photo of each pair repeats what the first repeats."""
    whole = dict(truth)
    for pair in pairs:
        first, second = _source(whole, pair.first), _source(whole, pair.second)
        if first != second:
            whole[second] = replace(whole[second], original=first)
    return whole


def _source(truth: Mapping[str, Truth], name: str) -> str:
    while truth[name].original:
        name = truth[name].original
    return name


def _among(names: Sequence[str], files: Sequence[Path]) -> Iterator[SamePicture]:
    """Compare photos of one size, all with all.

    How far the means of cells differ, averaged over all cells, is at most the worst cell's
    difference: photos that differ more there are not looked at closely, and nothing is lost.
    """
    if len(names) < 2:
        return
    means = np.stack([_cell_means(_levels(file)) for file in files])
    for number, name in enumerate(names):
        levels = _levels(files[number])
        for is_mirrored, one in ((False, levels), (True, levels[:, ::-1])):
            apart = np.abs(means[number + 1 :] - _cell_means(one)).mean(axis=(1, 2, 3))
            for other in (number + 1 + np.flatnonzero(apart <= MOST_DIFFERENCE)).tolist():
                cells = _cell_means(np.abs(one - _levels(files[other])))
                difference = float(cells.mean(axis=2).max())
                if difference <= MOST_DIFFERENCE:
                    yield SamePicture(name, names[other], is_mirrored, difference)


def _cell_means(levels: Levels) -> Levels:
    """Means of each cell and colour; at the edges pixels are repeated until cells are full."""
    height, width, _ = levels.shape
    margin = ((0, -height % CELL_PIXELS), (0, -width % CELL_PIXELS), (0, 0))
    full = np.pad(levels, margin, mode="edge")
    rows, columns = full.shape[0] // CELL_PIXELS, full.shape[1] // CELL_PIXELS
    cells = full.reshape(rows, CELL_PIXELS, columns, CELL_PIXELS, 3)
    return np.asarray(cells.mean(axis=1).mean(axis=2))


def _size(file: Path) -> tuple[int, int]:
    with Image.open(file) as picture:
        return ImageOps.exif_transpose(picture).size


def _levels(file: Path) -> Levels:
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture)
        return np.asarray(upright.convert("RGB"), dtype=np.float32)
