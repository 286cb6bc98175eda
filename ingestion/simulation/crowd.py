"""A crowd on disk: what simulated contributors send, and the truth about it.

A crowd is a folder with `uploads.csv` (upload, file, contributor, mid, label, taken_at, latitude,
longitude), the photos that it names and, where it is known, `truth.csv` (upload, kind, detail,
true_label, original, contributor_kind, source_category).
"""

from __future__ import annotations

import csv
import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path

from imagehub.errors import Misconfigured

CROWDS = uuid.UUID("6f0c2c5e-58a1-4d0e-9f0b-6a1d3a3a5f10")
"""Namespace of the upload ids that are made of a crowd's own names."""

UNDECODABLE = frozenset({"truncated", "not_an_image"})
"""The kinds of upload that are no photo."""


@dataclass(frozen=True, slots=True)
class CrowdUpload:
    """One row of a crowd: who sends which file as what."""

    name: str
    id: uuid.UUID
    file: Path
    contributor: str
    mid: str
    label: str
    taken_at: str
    latitude: str
    longitude: str

    def metadata(self) -> dict[str, str]:
        """What the phone says beside the photo, as the API's query names it."""
        metadata = {
            "taken_at": self.taken_at,
            "latitude": self.latitude,
            "longitude": self.longitude,
        }
        return {name: value for name, value in metadata.items() if value}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really so of one upload; `true_label` is a label's name, empty for no photo."""

    kind: str
    true_label: str
    original: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """All uploads of a crowd in the order in which they are sent."""

    folder: Path
    uploads: tuple[CrowdUpload, ...]

    @property
    def contributors(self) -> list[str]:
        """Everybody who sends something."""
        return sorted({upload.contributor for upload in self.uploads})


def read_crowd(folder: Path) -> Crowd:
    """Read a crowd; raise Misconfigured if the folder holds none.

    An upload's id follows from its name and the whole of `uploads.csv`: sending a crowd again
    sends the same uploads, and two crowds never share one.
    """
    table = folder / "uploads.csv"
    if not table.is_file():
        raise Misconfigured(f"{folder} is no crowd: it has no uploads.csv.")
    crowd = hashlib.sha256(table.read_bytes()).hexdigest()
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        uploads = tuple(_upload(folder, crowd, row) for row in rows)
    except KeyError as error:
        raise Misconfigured(f"{table} lacks the column {error}.") from error
    return Crowd(folder, uploads)


def read_truth(folder: Path) -> dict[str, Truth] | None:
    """Read the truth by the upload's name; None where the crowd does not say."""
    table = folder / "truth.csv"
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as file:
        return {
            row["upload"]: Truth(row["kind"], row["true_label"], row["original"])
            for row in csv.DictReader(file)
        }


def _upload(folder: Path, crowd: str, row: dict[str, str]) -> CrowdUpload:
    return CrowdUpload(
        name=row["upload"],
        id=uuid.uuid5(CROWDS, f"{crowd}/{row['upload']}"),
        file=folder / row["file"],
        contributor=row["contributor"],
        mid=row["mid"],
        label=row["label"],
        taken_at=row["taken_at"],
        latitude=row["latitude"],
        longitude=row["longitude"],
    )
