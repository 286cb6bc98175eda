"""A release with real bytes: photos in the store, files of each format, and a signed manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.releases import release_files
from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.formats import FORMATS, plan_release
from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.release_documents import ReleaseFacts, Signed
from imagehub.release_paths import folder
from imagehub.skeleton.photos import StoredPhotos
from imagehub.skeleton.writing import freeze
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Label
from tests.factories.label_sets import publish_label_sets
from tests.factories.manifest_files import DOG, manifest_file
from tests.factories.releases import release_request, subset
from tests.factories.verification import job_run

CLASSES = (
    Label("/m/0zzz", "Żółw, błotny"),
    Label("/m/0aaa", "Wine glass"),
    Label("/m/0bbb", 'Bag, "paper"'),
)
"""Names that break what was written for simpler ones; in another order than that of folders."""


@dataclass(frozen=True)
class Released:
    """A release that can be downloaded: what its manifest says and every file's bytes."""

    id: str
    manifest: Manifest
    manifest_bytes: bytes
    photos: dict[str, bytes]


def release_with_photos(
    cursor: Cursor,
    store: ObjectStore,
    photos: Sequence[bytes],
    label: Label = DOG,
    contributor: str = "somebody",
) -> Released:
    """A ready release of these photos; no image rows are made."""
    release_id = release_request(cursor, subset(cursor, [label]))
    files = [(_file(photo, label, contributor), photo) for photo in photos]
    return _released(cursor, store, release_id, (label,), files)


def release_of_classes(cursor: Cursor, store: ObjectStore, photos: Sequence[bytes]) -> Released:
    """A ready release of these photos in three classes in turn; some photos have two labels."""
    release_id = release_request(cursor, subset(cursor, CLASSES))
    files = []
    for number, photo in enumerate(photos):
        file = _file(photo, CLASSES[number % len(CLASSES)], "Zoë, of Łódź")
        if number % 4 == 0:
            second = FileLabel(CLASSES[(number + 1) % len(CLASSES)].mid, "verification", 0.625)
            file = replace(file, labels=(*file.labels, second))
        files.append((file, photo))
    return _released(cursor, store, release_id, CLASSES, files)


def _released(
    cursor: Cursor,
    store: ObjectStore,
    release_id: str,
    labels: tuple[Label, ...],
    files: Sequence[tuple[ManifestFile, bytes]],
) -> Released:
    held = {file.path: photo for file, photo in files}
    for file, photo in files:
        store.put(keys.full(file.photo_sha256), photo)
    made = Manifest(
        release=release_id,
        created_at=datetime(2026, 5, 2, tzinfo=UTC),
        label_set_version=publish_label_sets(cursor),
        rules={"labels": [label.mid for label in labels]},
        labels=labels,
        files=tuple(sorted((file for file, _ in files), key=lambda file: file.path)),
        classes=tuple(label.mid for label in sorted(labels, key=folder)),
    )
    facts = _signed(made)
    store.put(keys.release_manifest(release_id), facts.signed.data)
    _publish(cursor, facts)
    release_files.add(cursor, release_id, _freeze(cursor, store, facts))
    return Released(release_id, made, facts.signed.data, held)


def _file(photo: bytes, label: Label, contributor: str) -> ManifestFile:
    split = "test" if hashlib.sha256(photo).digest()[0] < 0x40 else "train"
    said = (FileLabel(label.mid, "verification", 0.97),)
    return manifest_file(photo, label, split, labels=said, contributor=contributor)


def _signed(made: Manifest) -> ReleaseFacts:
    data = manifest.write(made)
    key = Ed25519PrivateKey.generate()
    return ReleaseFacts(made, Signed(data, manifest.sign(data, key), manifest.public_bytes(key)))


def _freeze(cursor: Cursor, store: ObjectStore, facts: ReleaseFacts) -> list[ReleaseFile]:
    planned = plan_release(facts, {mid: 7 + n for n, mid in enumerate(facts.manifest.classes)})
    found = []
    for file in (file for format_ in FORMATS.values() for file in format_.plan(planned)):
        frozen = freeze(file.entries(), StoredPhotos(store))
        store.put(keys.release_skeleton(facts.manifest.release, file.path), frozen.skeleton)
        digest = manifest.digest(frozen.skeleton).hex()
        found.append(
            ReleaseFile(
                *(file.path, file.media_type, len(file.photos)),
                *(frozen.size_bytes, frozen.sha256, digest),
            )
        )
    return found


def _publish(cursor: Cursor, facts: ReleaseFacts) -> None:
    made, signed = facts.manifest, facts.signed
    cursor.execute(
        "insert into releases (id, label_set_version, files, total_bytes, labels,"
        " manifest_sha256, signature, public_key, summary, job_run_id)"
        " values (%s, %s, %s, %s, 1, %s, %s, %s, '{}', %s)",
        (
            *(made.release, made.label_set_version, len(made.files), made.total_bytes),
            *(manifest.digest(signed.data), signed.signature, signed.public_key),
            job_run(cursor, "release"),
        ),
    )
