"""Download formats, one file each. A new one is a file with a `FORMAT` and a line here."""

from __future__ import annotations

from webapp.releases.formats import imagefolder, webdataset
from webapp.releases.formats.archive import Archive, ArchiveContents, Format

FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (imagefolder.FORMAT, webdataset.FORMAT)
}

__all__ = ["FORMATS", "Archive", "ArchiveContents", "Format"]
