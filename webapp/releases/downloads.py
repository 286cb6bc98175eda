"""Downloads of a release: its photos one by one, and the documents beside them."""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from imagehub import manifest, withdrawal_list
from imagehub.catalogue.database import Database
from imagehub.errors import NotFound, Unavailable
from imagehub.manifest import Manifest, ManifestFile
from imagehub.release_documents import (
    ABOUT_WITHDRAWN,
    IMAGE_FOLDER,
    ReleaseFacts,
    Signed,
    documents,
    withdrawn,
    writers,
)
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from webapp.releases import service as releases
from webapp.releases import withheld

KEPT_MANIFESTS = 4


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The signed list of a release's withdrawn files; `paths` are held back and not on it yet."""

    signed: Signed | None
    paths: tuple[str, ...]


_reading = threading.Lock()
_kept: OrderedDict[bytes, Manifest] = OrderedDict()


def list_documents(database: Database, store: ObjectStore, release_id: str) -> dict[str, bytes]:
    """What an image folder has beside its photos: name -> bytes."""
    return documents(_facts(database, store, release_id), IMAGE_FOLDER)


def find_document(database: Database, store: ObjectStore, release_id: str, name: str) -> bytes:
    """One of the documents, without the work of writing the others; else NotFound."""
    if name in ABOUT_WITHDRAWN:
        releases.frozen(database, release_id)
        signed = withheld.of_release(database, release_id).signed
        found = withdrawn(signed).get(name)
    else:
        facts = _facts(database, store, release_id)
        write = writers(facts, IMAGE_FOLDER).get(name)
        found = write() if write else None
    if found is None:
        raise NotFound(f"The release {release_id} has no document {name}.")
    return found


def find_file(database: Database, store: ObjectStore, release_id: str, path: str) -> ManifestFile:
    """The release's file of this path; NotFound for none, and for one that is held back."""
    frozen = releases.frozen(database, release_id)
    files = _manifest(store, release_id, frozen.manifest_sha256).files
    index = bisect.bisect_left(files, path, key=attrgetter("path"))
    if index == len(files) or files[index].path != path:
        raise NotFound(f"The release {release_id} has no file {path}.")
    if any(withheld.of_release(database, release_id).among([files[index]])):
        raise NotFound(f"The file {path} of the release {release_id} was withdrawn.")
    return files[index]


def held_back(database: Database, store: ObjectStore, release_id: str) -> HeldBack:
    """What the release does not give out any more."""
    frozen = releases.frozen(database, release_id)
    found = withheld.of_release(database, release_id)
    listed = withdrawal_list.read(found.signed.data, release_id) if found.signed else ()
    signed = {file.path for file in listed}
    files = _manifest(store, release_id, frozen.manifest_sha256).files
    waiting = (file.path for file in found.among(files) if file.path not in signed)
    return HeldBack(found.signed, tuple(waiting))


def photo_bytes(store: ObjectStore, file: ManifestFile, start: int, length: int) -> Iterator[bytes]:
    """A stretch of one photo."""
    return store.stream(keys.full(file.photo_sha256), start, length)


def _facts(database: Database, store: ObjectStore, release_id: str) -> ReleaseFacts:
    frozen = releases.frozen(database, release_id)
    withheld_files = withheld.of_release(database, release_id)
    data = _manifest_bytes(store, release_id, frozen.manifest_sha256)
    return ReleaseFacts(
        manifest=withheld_files.left_of(_manifest(store, release_id, frozen.manifest_sha256)),
        signed=Signed(data, frozen.signature, frozen.public_key),
        withdrawals=withheld_files.signed,
    )


def _manifest(store: ObjectStore, release_id: str, sha256: bytes) -> Manifest:
    """The release's manifest, kept for the next file that is asked for; found by its digest."""
    with _reading:  # many files of one release are asked for at the same time
        if sha256 not in _kept:
            _kept[sha256] = manifest.read(_manifest_bytes(store, release_id, sha256))
            while len(_kept) > KEPT_MANIFESTS:
                _kept.popitem(last=False)
        return _kept[sha256]


def _manifest_bytes(store: ObjectStore, release_id: str, sha256: bytes) -> bytes:
    data = store.get(keys.release_manifest(release_id))
    if manifest.digest(data) != sha256:
        raise Unavailable(f"The manifest of {release_id} in the object store is damaged.")
    return data
