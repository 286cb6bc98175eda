"""Folders, zips and tars of given files."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path


def folder_of(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return place


def zip_of(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(place, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return place


def tar_of(place: Path, files: Mapping[str, bytes], *others: tarfile.TarInfo) -> Path:
    """Write a tar, packed if its name says so, with members of other kinds at its end."""
    packing = "gz" if place.suffix in (".gz", ".tgz") else ""
    with tarfile.open(place, f"w:{packing}") as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in others:
            archive.addfile(info)
    return place


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A member that is a link, or of another kind."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info
