"""Which photos to send and what to claim of them, from a folder and its sub-folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imagehub.client.csv_lists import from_csv
from imagehub.client.folders import files_below, first_file, is_passed_over
from imagehub.client.photo_files import Claim, PhotoFile
from imagehub.client.release_folders import from_release
from imagehub.errors import Refused
from imagehub.file_names import NO_TEXT, is_text, shown

__all__ = ["Claim", "PhotoFile", "from_csv", "from_folder", "from_release", "from_subfolders"]


def from_folder(folder: Path, label: str) -> list[PhotoFile]:
    """Every file in a folder and below, all claimed to be one label; hidden ones are left out."""
    fault = "" if is_text(label) else f"The label {shown(label)!r} {NO_TEXT}; rename the folder."
    return [
        PhotoFile(
            found.file,
            str(found.file.relative_to(folder)),
            Claim(label=label),
            fault=found.fault or fault,
            left_out=found.left_out,
        )
        for found in files_below(folder)
    ]


def from_subfolders(folder: Path) -> list[PhotoFile]:
    """One sub-folder for each label, named like it; Refused if photos lie beside them."""
    entries = sorted(folder.iterdir())
    stray = first_file(entries)
    if stray:
        raise Refused(
            "upload_list_broken",
            f"{stray} lies in no sub-folder that would name its label. Give --label, or put "
            "each photo into a folder named like its label.",
        )
    return [
        replace(photo, name=f"{path.name}/{photo.name}")
        for path in entries
        if path.is_dir() and not is_passed_over(path)
        for photo in from_folder(path, label=path.name)
    ]
