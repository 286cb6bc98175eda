"""Photos of a crowd that no training sees: `photos/` and `truth.csv`, which says what they show."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagehub.errors import Misconfigured, Refused
from imagehub.photo import land, read_view
from training.starter.packed import Pixels

COPIES = ("exact_duplicate", "near_duplicate")


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutViews:
    """Views of any size, and the number of what each really shows."""

    views: list[Pixels]
    classes: npt.NDArray[np.int64]


def read_crowd(folder: Path) -> HeldOutViews:
    """Read what can be landed, once each: copies are left out, spoiled photos are not.

    What a photo really shows is its class, whatever was claimed.
    """
    table = folder / "truth.csv"
    if not table.is_file():
        raise Misconfigured(f"{folder} holds no crowd: there is no truth.csv in it.")
    views, labels = [], []
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["true_label"] or row["kind"] in COPIES:
                continue
            try:
                photo = (folder / "photos" / f"{row['upload']}.jpg").read_bytes()
                views.append(read_view(land(photo).view.data))
            except (Refused, OSError):
                continue
            labels.append(row["true_label"])
    _, classes = np.unique(np.array(labels), return_inverse=True)
    return HeldOutViews(views, classes.astype(np.int64))
