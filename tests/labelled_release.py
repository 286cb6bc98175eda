"""A release of several labels with real photos, split so that some are held out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest
from imagehub.catalogue.database import Cursor
from imagehub.manifest import Manifest, ManifestFile
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Label
from tests import factories
from tests.factories.manifest_files import manifest_file

HELD_OUT_OF_16 = 4


def labelled_release(
    cursor: Cursor, store: ObjectStore, photos: Mapping[Label, Sequence[bytes]]
) -> str:
    """A ready release of these photos; answer its id. No image rows are made."""
    release_id = factories.release_request(cursor, factories.subset(cursor, list(photos)))
    files: list[ManifestFile] = []
    for label, some in photos.items():
        for photo in some:
            files.append(_file(label, photo))
            store.put(keys.full(files[-1].photo_sha256), photo)
    made = Manifest(
        release=release_id,
        created_at=datetime(2026, 5, 2, tzinfo=UTC),
        label_set_version=factories.publish_label_sets(cursor),
        rules={"labels": [label.mid for label in photos]},
        labels=tuple(photos),
        files=tuple(sorted(files, key=lambda file: file.path)),
    )
    data = manifest.write(made)
    store.put(keys.release_manifest(release_id), data)
    _publish(cursor, made, data)
    return release_id


def _file(label: Label, photo: bytes) -> ManifestFile:
    is_held_out = hashlib.sha256(photo).digest()[-1] % 16 < HELD_OUT_OF_16
    return manifest_file(photo, label, "test" if is_held_out else "train")


def _summary(files: Sequence[ManifestFile]) -> dict[str, Counter[str]]:
    """Per label and split: files."""
    return {
        mid: Counter(file.split for file in files if file.label == mid)
        for mid in {file.label for file in files}
    }


def _publish(cursor: Cursor, made: Manifest, data: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    cursor.execute(
        "insert into releases (id, label_set_version, files, total_bytes, labels,"
        " manifest_sha256, signature, public_key, summary, job_run_id)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(made.release, made.label_set_version, len(made.files), made.total_bytes),
            *(len(made.labels), manifest.digest(data), manifest.sign(data, key)),
            *(manifest.public_bytes(key), json.dumps(_summary(made.files))),
            factories.job_run(cursor, "release"),
        ),
    )
