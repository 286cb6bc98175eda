"""A ZIP whose folders are splits and labels: what most image loaders read as it is."""

from __future__ import annotations

from zipstream import ZipStream

from imagehub.release_documents import IMAGE_FOLDER, documents
from webapp.releases.formats.archive import Archive, ArchiveContents, Format


def pack(contents: ArchiveContents) -> Archive:
    """Stored, not deflated: photos do not shrink, and the size is known beforehand."""
    archive = ZipStream(sized=True)
    for name, data in documents(contents.facts, IMAGE_FOLDER).items():
        archive.add(data, name)
    for file in contents.facts.manifest.files:
        archive.add(contents.read(file), file.path, size=file.bytes)
    return Archive(len(archive), iter(archive))


FORMAT = Format("imagefolder", "ZIP, one folder per label", "application/zip", "zip", pack)
