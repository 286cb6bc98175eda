"""Which photos to send and what to claim of them: from a folder, its sub-folders, or a CSV."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from imagehub.errors import Refused

NEEDED = ("file", "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a contributor says of a photo; `label` is a MID or a name."""

    label: str
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    device: str | None = None

    def as_query(self) -> dict[str, str]:
        """Write the claim as the query of `POST /api/v1/uploads`."""
        query = {
            "label": self.label,
            "taken_at": self.taken_at and self.taken_at.isoformat(),
            "latitude": None if self.latitude is None else f"{self.latitude:.6f}",
            "longitude": None if self.longitude is None else f"{self.longitude:.6f}",
            "device": self.device,
        }
        return {name: text for name, text in query.items() if text}


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file to send.

    `act` tells two uploads of the same photo and claim apart; empty where they are one.
    """

    file: Path
    name: str
    claim: Claim
    act: str = ""


def from_folder(folder: Path, label: str) -> list[PhotoFile]:
    """Every file in a folder and below, all claimed to be one label; hidden ones are left out."""
    return [
        PhotoFile(file, str(file.relative_to(folder)), Claim(label=label))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not _is_hidden(file.relative_to(folder))
    ]


def from_subfolders(folder: Path) -> list[PhotoFile]:
    """One sub-folder for each label, named like it; Refused if photos lie beside them."""
    stray = [file for file in sorted(folder.iterdir()) if file.is_file() and not _is_hidden(file)]
    if stray:
        raise Refused(
            "upload_list_broken",
            f"{stray[0]} lies in no sub-folder that would name its label. Give --label, or put "
            "each photo into a folder named like its label.",
        )
    folders = sorted(one for one in folder.iterdir() if one.is_dir() and not _is_hidden(one))
    return [
        PhotoFile(photo.file, f"{one.name}/{photo.name}", photo.claim)
        for one in folders
        for photo in from_folder(one, label=one.name)
    ]


def from_csv(file: Path) -> list[PhotoFile]:
    """Read a CSV with a header: file,label[,taken_at,latitude,longitude,upload], others ignored.

    Files are relative to the CSV. `upload` is the sender's own name of the act (or its UUID).
    Raises Refused(`upload_list_broken`) that names the line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                _refuse(file, 1, f"has no column {missing[0]!r}; needed are file,label")
            return [_photo(file, reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            "upload_list_broken", f"{file} is no CSV in UTF-8: {error}. Nothing was sent."
        ) from error


def _photo(file: Path, line: int, row: dict[str, str | None]) -> PhotoFile:
    given = {name: (text or "").strip() for name, text in row.items() if isinstance(name, str)}
    for name in NEEDED:
        if not given[name]:
            _refuse(file, line, f"has no {name}")
    claim = Claim(
        label=given["label"],
        taken_at=_moment(file, line, given.get("taken_at", "")),
        latitude=_degrees(file, line, given.get("latitude", ""), 90),
        longitude=_degrees(file, line, given.get("longitude", ""), 180),
    )
    return PhotoFile(file.parent / given["file"], given["file"], claim, given.get("upload", ""))


def _moment(file: Path, line: int, text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        _refuse(file, line, f"has {text!r} where a time such as 2026-05-01T12:00:00+02:00 belongs")


def _degrees(file: Path, line: int, text: str, most: int) -> float | None:
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= most:
        _refuse(file, line, f"has {text!r} where degrees from -{most} to {most} belong")
    return degrees


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts if part not in (".", ".."))


def _refuse(file: Path, line: int, what: str) -> NoReturn:
    raise Refused("upload_list_broken", f"{file}, line {line}: {what}. Nothing was sent.")
