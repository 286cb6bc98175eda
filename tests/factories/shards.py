"""A release with real bytes: photos in shards, and a signed manifest of them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest
from imagehub.catalogue.database import Cursor
from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Label
from tests.factories.label_sets import publish_label_sets
from tests.factories.releases import release_request, subset
from tests.factories.verification import job_run

DOG = Label("/m/0bt9lr", "Dog")


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
    """A ready release of these photos, two shards of them; no image rows are made."""
    release_id = release_request(cursor, subset(cursor, [label]))
    entries: dict[str, ManifestFile] = {}
    for number, half in enumerate((photos[::2], photos[1::2])):
        entries |= _pack(store, release_id, number, half, label, contributor)
    made = Manifest(
        release=release_id,
        created_at=datetime(2026, 5, 2, tzinfo=UTC),
        label_set_version=publish_label_sets(cursor),
        rules={"labels": [label.mid]},
        labels=(label,),
        files=tuple(entries[path] for path in sorted(entries)),
    )
    data = manifest.write(made)
    store.put(keys.release_manifest(release_id), data)
    _publish(cursor, made, data)
    by_digest = {hashlib.sha256(photo).hexdigest(): photo for photo in photos}
    return Released(
        release_id, made, data, {file.path: by_digest[file.sha256] for file in made.files}
    )


def _pack(
    store: ObjectStore,
    release_id: str,
    number: int,
    photos: Sequence[bytes],
    label: Label,
    contributor: str,
) -> dict[str, ManifestFile]:
    entries = {}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as shard:
        for photo in photos:
            digest = hashlib.sha256(photo).hexdigest()
            image_id = digest[:16]
            split = "test" if int(digest[0], 16) < 4 else "train"
            for suffix, data in (("jpg", photo), ("json", json.dumps({"id": image_id}).encode())):
                member = tarfile.TarInfo(f"{image_id}.{suffix}")
                member.size = len(data)
                if suffix == "jpg":
                    start = buffer.tell() + tarfile.BLOCKSIZE
                shard.addfile(member, io.BytesIO(data))
            path = f"{split}/dog-{label.mid.rpartition('/')[2]}/{image_id}.jpg"
            entries[path] = ManifestFile(
                path=path,
                image_id=image_id,
                sha256=digest,
                bytes=len(photo),
                crc32=zlib.crc32(photo),
                width=640,
                height=480,
                split=split,
                label=label.mid,
                labels=(FileLabel(label.mid, "verification", 0.97),),
                contributor=contributor,
                licence="CC-BY-4.0",
                shard=number,
                start=start,
                duplicate_group=image_id,
            )
    store.put(keys.release_shard(release_id, number), buffer.getvalue())
    return entries


def _publish(cursor: Cursor, made: Manifest, data: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    cursor.execute(
        "insert into releases (id, label_set_version, files, total_bytes, labels, shards,"
        " manifest_sha256, signature, public_key, summary, job_run_id)"
        " values (%s, %s, %s, %s, 1, 2, %s, %s, %s, '{}', %s)",
        (
            *(made.release, made.label_set_version, len(made.files), made.total_bytes),
            *(manifest.digest(data), manifest.sign(data, key), manifest.public_bytes(key)),
            job_run(cursor, "release"),
        ),
    )
