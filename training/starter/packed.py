"""Labelled photos packed in tars, one folder a class: `wnid/name.JPEG`."""

from __future__ import annotations

import csv
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagehub.errors import Misconfigured

Pixels = npt.NDArray[np.uint8]

SIDE_PIXELS = 64
CLASSES_FILE = "tiny_imagenet_classes.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Photos in memory: `pixels` is N x 64 x 64 x 3 uint8 RGB, `classes` N numbers of `names`."""

    pixels: Pixels
    classes: npt.NDArray[np.int64]
    names: tuple[str, ...]


def read_packed(folder: Path, part: str) -> Packed:
    """Read all tars of a part, `train` or `val`; raise Misconfigured if there are none.

    Photos come in the order of their names, whatever the order in the tars.
    """
    names = class_names(folder)
    number = {name: index for index, name in enumerate(names)}
    tars = sorted(folder.glob(f"*-{part}*.tar"))
    found: list[tuple[str, int, Pixels]] = []
    for path in tars:
        with tarfile.open(path) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is not None:
                    wnid = member.name.partition("/")[0]
                    found.append((member.name, number[wnid], _decoded(file.read())))
    if not found:
        raise Misconfigured(f"{folder} holds no packed photos: there is no *-{part}*.tar in it.")
    found.sort(key=lambda entry: entry[0])
    return Packed(
        np.stack([pixels for _, _, pixels in found]),
        np.array([index for _, index, _ in found], np.int64),
        names,
    )


def class_names(folder: Path) -> tuple[str, ...]:
    """The WordNet ids of the classes, in the order of their table."""
    try:
        text = (folder / CLASSES_FILE).read_text("utf-8")
    except OSError as error:
        raise Misconfigured(f"{folder} holds no packed photos: no {CLASSES_FILE}.") from error
    return tuple(row["wnid"] for row in csv.DictReader(io.StringIO(text)))


def _decoded(jpeg: bytes) -> Pixels:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB").resize((SIDE_PIXELS, SIDE_PIXELS)))
