"""Who sends which drawn photo as what, written as a crowd's folder."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imagehub.vocabulary import Label
from ingestion.sample_crowd.damage import DAMAGES, jpeg, near_copy
from ingestion.sample_crowd.drawings import DRAWINGS
from ingestion.sample_crowd.scenes import photograph

PLAN = {
    "good": 0.71,
    "wrong_label": 0.055,
    "exact_duplicate": 0.05,
    "near_duplicate": 0.07,
    "blurred": 0.02,
    "dark": 0.015,
    "bright": 0.015,
    "tiny": 0.015,
    "truncated": 0.025,
    "not_an_image": 0.025,
}
"""Share of the uploads of each kind."""

DUPLICATES = frozenset({"exact_duplicate", "near_duplicate"})
FIRST_ORIGINALS = 12
"""So many good photos come first, so that a duplicate has something to repeat."""

CONTRIBUTORS = 12
SLOPPY_CONTRIBUTORS = 3
"""Wrong labels come from these few."""

CITIES = [(40.71, -74.01), (51.51, -0.13), (35.68, 139.69), (-33.87, 151.21), (-23.55, -46.63)]
FIRST_AT = datetime(2026, 5, 1, tzinfo=UTC)
UPLOADS_HEAD = "upload,file,contributor,mid,label,taken_at,latitude,longitude"
TRUTH_HEAD = "upload,kind,detail,true_label,original,contributor_kind,source_category"


@dataclass(frozen=True)
class _Drawn:
    """One upload: its kind, the seed of its drawing, what it shows, and what it repeats."""

    name: str
    kind: str
    seed: str
    label: Label
    original: str = ""

    def data(self, chance: random.Random) -> bytes:
        """The bytes that the contributor's phone sends."""
        photo = photograph(self.label, self.seed)
        if self.kind == "near_duplicate":
            return near_copy(photo, chance)
        if self.kind in DAMAGES:
            return DAMAGES[self.kind](photo, chance)
        return jpeg(photo)


def write_crowd(
    folder: Path, uploads: int = 260, seed: int = 1, progress: Callable[[], None] = lambda: None
) -> None:
    """Write photos/, uploads.csv and truth.csv; `progress` is called after each photo.

    The same arguments write the same bytes, with the same Pillow. `uploads.csv` comes last: where
    it is, the crowd is whole.
    """
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    sent, truth = [], []
    for number, drawn in enumerate(_drawn(uploads, seed)):
        chance = random.Random(f"{seed}/send/{number}")  # noqa: S311 - luck, not a secret
        file = f"photos/{drawn.name}.jpg"
        (folder / file).write_bytes(drawn.data(chance))
        sent.append([drawn.name, file, *_sender(drawn, number, chance)])
        truth.append(_truth(drawn))
        progress()
    _write(folder / "truth.csv", TRUTH_HEAD, truth)
    _write(folder / "uploads.csv", UPLOADS_HEAD, sent)


def kinds(uploads: int, seed: int) -> list[str]:
    """The kind of each upload, in order; the shares of PLAN are met exactly, rounded down."""
    rest = [kind for kind, share in PLAN.items() for _ in range(int(share * uploads))]
    rest += ["good"] * (uploads - len(rest))
    for _ in range(min(FIRST_ORIGINALS, rest.count("good"))):
        rest.remove("good")
    random.Random(f"{seed}/kinds").shuffle(rest)  # noqa: S311 - luck, not a secret
    return ["good"] * (uploads - len(rest)) + rest


def _drawn(uploads: int, seed: int) -> list[_Drawn]:
    chance = random.Random(f"{seed}/what")  # noqa: S311 - luck, not a secret
    labels = list(DRAWINGS)
    drawn: list[_Drawn] = []
    for number, kind in enumerate(kinds(uploads, seed)):
        name = f"d{number:05d}"
        if kind in DUPLICATES:
            first = chance.choice([one for one in drawn if one.kind == "good"])
            drawn.append(_Drawn(name, kind, first.seed, first.label, first.name))
        else:
            drawn.append(_Drawn(name, kind, f"{seed}/{number}", labels[number % len(labels)]))
    return drawn


def _sender(drawn: _Drawn, number: int, chance: random.Random) -> list[str]:
    """The columns of uploads.csv after the file: who, as what, when and where."""
    claimed = drawn.label
    if drawn.kind == "wrong_label":
        claimed = chance.choice([label for label in DRAWINGS if label != drawn.label])
        person = chance.randrange(SLOPPY_CONTRIBUTORS)
    else:
        person = chance.randrange(CONTRIBUTORS)
    latitude, longitude = (at + chance.gauss(0, 0.05) for at in CITIES[person % len(CITIES)])
    taken_at = FIRST_AT + timedelta(seconds=40 * number)
    return [
        f"artist-{person:02d}",
        claimed.mid,
        claimed.name,
        taken_at.isoformat(),
        f"{latitude:.4f}",
        f"{longitude:.4f}",
    ]


def _truth(drawn: _Drawn) -> list[str]:
    shown = "" if drawn.kind in ("truncated", "not_an_image") else drawn.label.name
    return [drawn.name, drawn.kind, "", shown, drawn.original, "", drawn.label.name]


def _write(file: Path, head: str, rows: list[list[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(head.split(","))
        writer.writerows(rows)
