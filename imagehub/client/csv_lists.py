"""Photos and claims from a CSV: one error in it, and nothing of it is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from imagehub.client.csv_rows import Row, read_table
from imagehub.client.folders import files_below
from imagehub.client.photo_files import Claim, PhotoFile

NEEDED = ("file", "label")
_IMAGE, _LABEL = "imageid", "labelname"
_LABELS_TABLE = "labels.csv"
_YEAR = re.compile("[12][0-9]{3}")


def from_csv(file: Path) -> list[PhotoFile]:
    """Read a CSV with a header: file,label[,taken_at,latitude,longitude,upload], others ignored.

    Files are relative to the CSV. `upload` is the sender's own name of the act (or its UUID). The
    tables of an unpacked release are read too: labels.csv, and images.csv beside it. Raises
    Refused(`upload_list_broken`) that names the line.
    """
    labels = file.parent / _LABELS_TABLE
    of_images = ((_IMAGE,),) if labels.is_file() else ()
    table = read_table(file, NEEDED, (_IMAGE, _LABEL), *of_images)
    if table.columns >= set(NEEDED):
        return [_photo(row) for row in table.rows]
    if _LABEL in table.columns:
        return _of_release(file.parent, table.rows)
    wanted = {row.cells[_IMAGE] for row in table.rows}
    rows = read_table(labels, (_IMAGE, _LABEL)).rows
    return _of_release(file.parent, [row for row in rows if row.cells[_IMAGE] in wanted])


def _of_release(folder: Path, rows: Iterable[Row]) -> list[PhotoFile]:
    files = {found.file.stem: found.file for found in files_below(folder)}
    photos = []
    for row in rows:
        image, label = row.cells[_IMAGE], row.cells[_LABEL]
        if not image or not label:
            row.refuse(f"has no {'ImageID' if not image else 'LabelName'}")
        if row.cells.get("confidence") not in ("0", "0.0"):  # Open Images: it does not show this
            file = files.get(image, folder / f"{image}.jpg")
            photos.append(PhotoFile(file, str(file.relative_to(folder)), Claim(label=label)))
    return photos


def _photo(row: Row) -> PhotoFile:
    for name in NEEDED:
        if not row.cells[name]:
            row.refuse(f"has no {name}")
    claim = Claim(
        label=row.cells["label"],
        taken_at=_moment(row),
        latitude=_degrees(row, "latitude", 90),
        longitude=_degrees(row, "longitude", 180),
    )
    if (claim.latitude is None) != (claim.longitude is None):
        row.refuse("has only one of latitude and longitude; they belong together")
    name = row.cells["file"]
    return PhotoFile(row.file.parent / name, name, claim, row.cells.get("upload", ""))


def _moment(row: Row) -> datetime | None:
    text = row.cells.get("taken_at", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not _YEAR.match(text):  # as the hub reads times
        row.refuse(f"has {text!r} where a time such as 2026-05-01T12:00:00+02:00 belongs")
    return moment


def _degrees(row: Row, column: str, most: int) -> float | None:
    text = row.cells.get(column, "")
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= most:
        row.refuse(f"has {text!r} where degrees from -{most} to {most} belong")
    return degrees
