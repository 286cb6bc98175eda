"""A TAR of samples: `<split>/<image>.jpg`, `.json` and `.cls` follow one another.

Documents stand under `__release__/`, a name that WebDataset's readers pass over.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict

from imagehub.manifest import ManifestFile
from imagehub.release_documents import documents
from webapp.releases.formats.archive import Archive, ArchiveContents, Format

LAYOUT = """Samples stand in `<split>/<image>.jpg`, `.json` (its labels) and `.cls` (its class: the
line of `class-descriptions.csv`, the first after the header being 0).

To check a photo, compare its SHA-256 with its line in `MANIFEST.jsonl`, which is signed. Checked as
it comes is what `imagehub download NAME FOLDER --public-key KEY` brings, with the name above and
the key that you noted once from the release's page."""
DOCUMENTS_FOLDER = "__release__"
BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)


def pack(contents: ArchiveContents) -> Archive:
    """Each member's size is known, and so is the archive's."""
    texts = {
        f"{DOCUMENTS_FOLDER}/{name}": data
        for name, data in documents(contents.facts, LAYOUT).items()
    }
    classes = {label.mid: number for number, label in enumerate(contents.facts.manifest.labels)}
    size_bytes = sum(_padded(len(data)) for data in texts.values()) + len(END)
    for file in contents.facts.manifest.files:
        notes = _notes(file, classes)
        size_bytes += sum(_padded(len(data)) for data in notes.values())
        size_bytes += _padded(file.bytes)
    return Archive(size_bytes, _chunks(contents, texts, classes))


def _chunks(
    contents: ArchiveContents, texts: dict[str, bytes], classes: dict[str, int]
) -> Iterator[bytes]:
    for name, data in texts.items():
        yield _whole(name, data)
    for file in contents.facts.manifest.files:
        yield _header(f"{file.split}/{file.image_id}.jpg", file.bytes)
        yield from contents.read(file)
        yield bytes(-file.bytes % BLOCK)
        for name, data in _notes(file, classes).items():
            yield _whole(name, data)
    yield END


def _notes(file: ManifestFile, classes: dict[str, int]) -> dict[str, bytes]:
    note = {
        "image_id": file.image_id,
        "sha256": file.sha256,
        "width": file.width,
        "height": file.height,
        "label": file.label,
        "labels": [asdict(claim) for claim in file.labels],
        "contributor": file.contributor,
        "licence": file.licence,
    }
    key = f"{file.split}/{file.image_id}"
    return {
        f"{key}.json": json.dumps(note, sort_keys=True).encode(),
        f"{key}.cls": str(classes[file.label]).encode(),
    }


def _whole(name: str, data: bytes) -> bytes:
    return _header(name, len(data)) + data + bytes(-len(data) % BLOCK)


def _header(name: str, size_bytes: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size_bytes
    return member.tobuf(tarfile.USTAR_FORMAT)


def _padded(size_bytes: int) -> int:
    """A member's bytes in the archive: its header and its data in whole blocks."""
    return BLOCK + size_bytes + -size_bytes % BLOCK


FORMAT = Format("webdataset", "WebDataset shards", "application/x-tar", "tar", pack)
