"""Files in the layout of Open Images' published tables, made from a seed at any size."""

from __future__ import annotations

import base64
import csv
import random
from collections.abc import Sequence
from pathlib import Path

from imagehub.importing.open_images_rows import LABEL_HEADER, PHOTO_HEADER

BY = "https://creativecommons.org/licenses/by/2.0/"
TITLES = ("Mug", "A cup, and a mug", 'The "best" mug', "Ωμέγα 🫖", "", "Two\nlines", "x" * 300)
SIXTY_FOUR_BITS = (1 << 64) - 1


def image_id(number: int) -> str:
    """An id for each number, scattered as published ids are."""
    return f"{(number + 1) * 0x9E3779B97F4A7C15 & SIXTY_FOUR_BITS:016x}"


def write_photos(file: Path, photos: int, seed: int = 1) -> Path:
    """A table of image ids."""
    dice = random.Random(seed)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(PHOTO_HEADER)
        for number in range(photos):
            writer.writerow(photo_row(number, dice))
    return file


def photo_row(number: int, dice: random.Random) -> list[str]:
    """One row of image ids."""
    place, author = f"{dice.getrandbits(40)}_o.jpg", f"{dice.getrandbits(24)}"
    page = f"https://www.flickr.com/photos/{author}/{number}"
    return [
        *(image_id(number), "train", f"https://farm6.staticflickr.com/5540/{place}", page, BY),
        *(f"https://www.flickr.com/people/{author}/", f"author {author}"),
        *(dice.choice(TITLES), str(dice.randrange(10_000, 9_000_000))),
        base64.b64encode(dice.randbytes(16)).decode(),
        f"https://c1.staticflickr.com/6/5540/{place}_z.jpg",
        dice.choice(("", "0.0", "0.0", "90.0", "270.0")),
    ]


def write_labels(
    file: Path, photos: int, each: int, mids: Sequence[str], is_machine: bool, seed: int = 2
) -> Path:
    """A table of so many labels for each photo; the labels at the beginning are the commonest."""
    dice = random.Random(seed)
    with file.open("w", encoding="utf-8", newline="") as opened:
        opened.write(",".join(LABEL_HEADER) + "\n")
        for number in range(photos):
            photo, first = image_id(number), int(len(mids) ** dice.random()) - 1
            for place in range(each):
                mid = mids[(first + place * 37) % len(mids)]
                said = (
                    f"machine,{mid},0.{dice.randrange(1, 10)}"
                    if is_machine
                    else (f"verification,{mid},{dice.randrange(2)}")
                )
                opened.write(f"{photo},{said}\n")
    return file
