"""A line of a release's manifest, true of a photo's bytes."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from typing import Any

from imagehub.manifest import FileLabel, ManifestFile
from imagehub.release_paths import folder
from imagehub.vocabulary import Label, image_id_of

DOG = Label("/m/0bt9lr", "Dog")


def manifest_file(
    photo: bytes, label: Label = DOG, split: str = "train", **changes: Any
) -> ManifestFile:
    """The photo as the derivative of an upload that nobody has; `changes` are other fields."""
    upload = hashlib.sha256(b"upload of " + photo).hexdigest()  # other bytes than a real upload's
    image_id = image_id_of(upload)
    made = ManifestFile(
        path=f"{split}/{folder(label)}/{image_id}.jpg",
        image_id=image_id,
        photo_sha256=upload,
        sha256=hashlib.sha256(photo).hexdigest(),
        bytes=len(photo),
        crc32=zlib.crc32(photo),
        width=64,
        height=48,
        split=split,
        label=label.mid,
        labels=(FileLabel(label.mid, "machine", 0.97),),
        contributor="somebody",
        licence="CC-BY-4.0",
        duplicate_group=image_id,
    )
    return replace(made, **changes)
