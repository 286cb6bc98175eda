"""Real photos for preparing a network: some to measure ranges on, others to compare on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagehub.errors import Misconfigured, Refused
from imagehub.photo import land, read_view, resize

Pixels = npt.NDArray[np.uint8]

MOST_PHOTOS = 600
LEAST_PHOTOS = 200


@dataclass(frozen=True, slots=True, eq=False)
class PhotoSample:
    """Two lists of different photos, each uint8 SIDE x SIDE x 3."""

    calibration: list[Pixels]
    comparison: list[Pixels]


def draw(views: Iterable[Pixels], side_pixels: int, least: int = LEAST_PHOTOS) -> PhotoSample:
    """Take up to MOST_PHOTOS different photos; raise Misconfigured if there are too few."""
    seen: set[bytes] = set()
    photos: list[Pixels] = []
    for view in views:
        mark = hashlib.sha256(view.tobytes()).digest()
        if mark in seen:
            continue
        seen.add(mark)
        photos.append(np.ascontiguousarray(resize(view, side_pixels, side_pixels)))
        if len(photos) == MOST_PHOTOS:
            break
    if len(photos) < least:
        raise Misconfigured(
            f"Preparing needs at least {least} different photos, half to measure on and half to"
            f" compare on; here are {len(photos)}. Name a folder of photos with --photos, or wait"
            " until the hub has more."
        )
    return PhotoSample(photos[::2], photos[1::2])


def from_folder(folder: Path) -> Iterator[Pixels]:
    """The views of all photos below a folder, mixed, always in the same order."""
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is no folder of photos.")
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path: str(path.relative_to(folder)).encode() for path in paths}
    for path in sorted(paths, key=lambda path: hashlib.sha256(names[path]).digest()):
        try:
            yield read_view(land(path.read_bytes()).view.data)
        except (Refused, OSError):
            continue  # other files may lie between the photos


def from_views(jpegs: Iterable[bytes]) -> Iterator[Pixels]:
    """Views as the object store keeps them; damaged ones are left out."""
    for jpeg in jpegs:
        try:
            yield read_view(jpeg)
        except Refused:
            continue
