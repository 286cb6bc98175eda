"""A crowd of many small photos: distinct ones, exact copies, and files that are cut off."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
from PIL import Image

from ingestion.simulation.crowd import Crowd, read_crowd

CONTRIBUTORS = 25
LABEL = ("/m/02jvh9", "Mug")
COPIES = 0.5
"""Share of uploads that send a photo once more: they land without being decoded."""
CUT_OFF = 0.02
SIDE_PIXELS = 64


def write_small_crowd(folder: Path, uploads: int, seed: int) -> Crowd:
    """Write `uploads.csv` and the photos; the same for the same arguments."""
    dice = random.Random(seed)
    photos = folder / "photos"
    photos.mkdir(parents=True)
    rows = ["upload,file,contributor,mid,label,taken_at,latitude,longitude"]
    distinct: list[str] = []
    for number in range(uploads):
        if distinct and dice.random() < COPIES:
            file = dice.choice(distinct)
        else:
            file = f"photos/{number:06d}.jpg"
            photo = _photo(seed, number)
            is_cut = dice.random() < CUT_OFF
            (folder / file).write_bytes(photo[: len(photo) // 2] if is_cut else photo)
            distinct.append(file)
        sender = f"sender-{dice.randrange(CONTRIBUTORS):02d}"
        rows.append(f"{number:06d},{file},{sender},{LABEL[0]},{LABEL[1]},,,")
    (folder / "uploads.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_crowd(folder)


def _photo(seed: int, number: int) -> bytes:
    colours = np.random.default_rng((seed, number)).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    image = Image.fromarray(colours).resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()
