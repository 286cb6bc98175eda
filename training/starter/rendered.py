"""Rendered photos of things: a folder with `scenes.csv` (photo, mid, ...) and `photos/`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagehub.errors import Misconfigured
from training.starter.packed import Pixels

SIDE_PIXELS = 128
HELD_OUT_EVERY = 8


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """`pixels` is N x 128 x 128 x 3 uint8; `mids` names what each photo shows."""

    pixels: Pixels
    mids: tuple[str, ...]

    def learned(self) -> Rendered:
        """The photos that are trained on."""
        return self._of(np.arange(len(self.mids)) % HELD_OUT_EVERY != 0)

    def held_out(self) -> Rendered:
        """Every eighth photo: what measures the network instead."""
        return self._of(np.arange(len(self.mids)) % HELD_OUT_EVERY == 0)

    def _of(self, chosen: npt.NDArray[np.bool_]) -> Rendered:
        mids = tuple(mid for mid, is_chosen in zip(self.mids, chosen, strict=True) if is_chosen)
        return Rendered(self.pixels[chosen], mids)


def read_rendered(folder: Path) -> Rendered:
    """Read the photos in the order of `scenes.csv`; raise Misconfigured if there are none."""
    table = folder / "scenes.csv"
    if not table.is_file():
        raise Misconfigured(f"{folder} holds no rendered photos: there is no scenes.csv in it.")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pixels = [_read(folder / "photos" / row["photo"]) for row in rows]
    return Rendered(np.stack(pixels), tuple(row["mid"] for row in rows))


def _read(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((SIDE_PIXELS, SIDE_PIXELS)))
