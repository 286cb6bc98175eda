"""A ZIP whose folders are splits and labels: what most image loaders read as it is."""

from __future__ import annotations

from zipstream import ZipStream

from webapp.releases.formats.archive import Archive, ArchiveContents, Format
from webapp.releases.formats.documents import documents

LAYOUT = """Photos stand in `<split>/<label>/<image>.jpg`.

To check an archive, unpack it and run `imagehub download NAME FOLDER --public-key KEY`, with the
name above and the key that you noted once from the release's page: every file is held against the
signed manifest, and what is wrong or missing is fetched anew."""


def pack(contents: ArchiveContents) -> Archive:
    """Stored, not deflated: photos do not shrink, and the size is known beforehand."""
    archive = ZipStream(sized=True)
    for name, data in documents(contents, LAYOUT).items():
        archive.add(data, name)
    for file in contents.manifest.files:
        archive.add(contents.read(file), file.path, size=file.bytes)
    return Archive(len(archive), iter(archive))


FORMAT = Format("imagefolder", "ZIP, one folder per label", "application/zip", "zip", pack)
