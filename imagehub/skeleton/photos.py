"""Photos of releases as the object store has them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection

from imagehub.errors import Damaged, NotFound
from imagehub.skeleton.pieces import PhotoPiece
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import image_id_of


class StoredPhotos:
    """Reads photos and compares their digests. Keeps the last ones, so many bytes of them.

    `gone` are ids of images in whose place zeros stand. For one thread at a time.
    """

    def __init__(self, store: ObjectStore, gone: Collection[str] = (), kept_bytes: int = 0) -> None:
        self._store = store
        self._gone = gone
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def is_gone(self, photo: PhotoPiece) -> bool:
        """True if the photo was withdrawn, or is hidden."""
        return image_id_of(photo.photo_sha256) in self._gone

    def read(self, photo: PhotoPiece) -> bytes:
        """A photo's bytes; NotFound or Damaged, naming its image, if there are none or others."""
        if photo.sha256 in self._kept:
            return self._kept[photo.sha256]
        data = self._read(photo)
        if self._kept_bytes:
            self._keep(photo.sha256, data)
        return data

    def _read(self, photo: PhotoPiece) -> bytes:
        image_id = image_id_of(photo.photo_sha256)
        try:
            data = self._store.get(keys.full(photo.photo_sha256))
        except NotFound as error:
            raise NotFound(f"The photo of image {image_id} is not in the object store.") from error
        except Damaged as error:
            raise _damaged(image_id) from error
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            raise _damaged(image_id)
        return data

    def _keep(self, name: str, data: bytes) -> None:
        self._kept[name] = data
        self._bytes += len(data)
        while self._bytes > self._kept_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)


def _damaged(image_id: str) -> Damaged:
    return Damaged(
        f"The photo of image {image_id} is damaged in the object store: its SHA-256 is not the one"
        " that it landed with."
    )
