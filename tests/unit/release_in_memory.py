"""A planned release whose photos are in memory, to try formats on."""

from __future__ import annotations

from datetime import UTC, datetime

from imagehub.formats import FORMATS, PlannedRelease, plan_release
from imagehub.manifest import FileLabel, Manifest, ManifestFile, write
from imagehub.release_documents import ReleaseFacts, Signed
from imagehub.release_paths import folder
from imagehub.skeleton.pieces import PhotoPiece
from imagehub.skeleton.reading import SkeletonReader
from imagehub.skeleton.writing import FrozenFile, freeze
from imagehub.vocabulary import Label, image_id_of
from tests.factories.manifest_files import manifest_file

LABELS = (Label("/m/014j1m", "Apple"), Label("/m/01fb_0", 'Bag, "paper"'), Label("/m/0z", "Zoë"))
SPLITS = ("test", "train", "train", "train")


class MemoryPhotos:
    """The photos of a release, some of which may be gone."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.gone: set[str] = set()

    def is_gone(self, photo: PhotoPiece) -> bool:
        """True if zeros stand in its place."""
        return image_id_of(photo.photo_sha256) in self.gone

    def read(self, photo: PhotoPiece) -> bytes:
        """Its bytes."""
        return self.held[photo.sha256]


def made_release(photos: list[bytes]) -> tuple[PlannedRelease, MemoryPhotos]:
    """A release of these photos, of three classes and two splits."""
    held = MemoryPhotos()
    files = []
    for number, photo in enumerate(photos):
        label = LABELS[number % 3]
        file = _file(photo, label, SPLITS[number % 4])
        held.held[file.sha256] = photo
        files.append(file)
    manifest = Manifest(
        release="pets-1",
        created_at=datetime(2026, 5, 2, tzinfo=UTC),
        label_set_version=1,
        rules={},
        labels=LABELS,
        files=tuple(sorted(files, key=lambda file: file.path)),
        classes=tuple(label.mid for label in sorted(LABELS, key=folder)),
    )
    facts = ReleaseFacts(manifest, Signed(write(manifest), bytes(64), bytes(32)))
    return plan_release(facts, {label.mid: 7 + n for n, label in enumerate(LABELS)}), held


def frozen_files(release: PlannedRelease, photos: MemoryPhotos, name: str) -> dict[str, FrozenFile]:
    """Path -> frozen file of a format."""
    return {file.path: freeze(file.entries(), photos) for file in FORMATS[name].plan(release)}


def read_file(frozen: FrozenFile, photos: MemoryPhotos) -> bytes:
    """All bytes of a frozen file."""
    skeleton = frozen.skeleton
    reader = SkeletonReader(lambda start, length: skeleton[start : start + length])
    return b"".join(reader.stretch(0, frozen.size_bytes, photos))


def _file(photo: bytes, label: Label, split: str) -> ManifestFile:
    labels = (FileLabel(label.mid, "machine", 0.97), FileLabel("/m/0z", "machine", 0.5))
    return manifest_file(photo, label, split, labels=labels, contributor="Zoë")
