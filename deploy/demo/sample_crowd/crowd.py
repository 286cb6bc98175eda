"""A planned crowd, written as a crowd's folder."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from deploy.demo.sample_crowd.damage import DAMAGES, NEAR_COPIES
from deploy.demo.sample_crowd.plan import PlannedUpload
from ingestion.simulation.crowd import UNDECODABLE

UPLOADS_HEAD = "upload,file,contributor,mid,label,taken_at,latitude,longitude"
TRUTH_HEAD = "upload,kind,detail,true_label,original,contributor_kind,source_category"


def write_crowd(
    folder: Path, sendings: Sequence[PlannedUpload], progress: Callable[[], None] = lambda: None
) -> None:
    """Write photos/, uploads.csv and truth.csv; `progress` is called after each photo.

    The same sendings write the same bytes, with the same Pillow. `uploads.csv` comes last: where
    it is, the crowd is whole.
    """
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    sent, truth = [], []
    for sending in sendings:
        chance = random.Random(f"{sending.name}/{sending.sent_at}")  # noqa: S311 - luck, not a secret
        file = f"photos/{sending.name}.jpg"
        (folder / file).write_bytes(_data(sending, chance))
        sent.append(_upload(sending, file, chance))
        truth.append(_truth(sending))
        progress()
    _write(folder / "truth.csv", TRUTH_HEAD, truth)
    _write(folder / "uploads.csv", UPLOADS_HEAD, sent)


def _data(sending: PlannedUpload, chance: random.Random) -> bytes:
    """The bytes that the contributor's phone sends."""
    change = NEAR_COPIES.get(sending.detail) or DAMAGES.get(sending.kind)
    if change is None:
        return sending.scene.file.read_bytes()
    with Image.open(sending.scene.file) as photo:
        return change(photo.convert("RGB"), chance)


def _upload(sending: PlannedUpload, file: str, chance: random.Random) -> list[str]:
    latitude, longitude = (at + chance.gauss(0, 0.05) for at in sending.sender.home)
    return [
        sending.name,
        file,
        sending.sender.name,
        sending.claimed.mid,
        sending.claimed.name,
        sending.sent_at.isoformat(),
        f"{latitude:.4f}",
        f"{longitude:.4f}",
    ]


def _truth(sending: PlannedUpload) -> list[str]:
    return [
        sending.name,
        sending.kind,
        sending.detail,
        "" if sending.kind in UNDECODABLE else sending.scene.label.name,
        sending.original,
        sending.sender.kind,
        sending.scene.thing,
    ]


def _write(file: Path, head: str, rows: list[list[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(head.split(","))
        writer.writerows(rows)
