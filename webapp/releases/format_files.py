"""Files of a release in its formats: any stretch of them, put together while it is sent."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import release_files
from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.errors import NotFound, Refused
from imagehub.formats import FORMATS, ReleaseFormat
from imagehub.skeleton.photos import StoredPhotos
from imagehub.skeleton.reading import SkeletonReader
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from webapp.releases import service as releases

CHUNK_BYTES = 256 * 1024
KEPT_READERS = 32


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file as it is given out now; `read` takes a start and a length.

    `tag` is the file's SHA-256, or another one while zeros stand in it for photos.
    """

    size_bytes: int
    tag: str
    media_type: str
    read: Callable[[int, int], Iterator[bytes]]


_reading = threading.Lock()
_kept: OrderedDict[str, SkeletonReader] = OrderedDict()


def find_whole(name: str) -> ReleaseFormat:
    """The format of this name, which has one file that holds everything; else raise Refused."""
    whole = ", ".join(sorted(name for name, one in FORMATS.items() if one.whole))
    found = FORMATS.get(name)
    if found is None:
        raise Refused("format_unknown", f"The formats that are one file are {whole}.")
    if not found.whole:
        raise Refused(
            "format_has_parts",
            f"{name} consists of several files, which /formats/{name} lists. As one file there are"
            f" {whole}.",
        )
    return found


def of_format(database: Database, release_id: str, name: str) -> list[ReleaseFile]:
    """The files of a format, in order of paths; Refused(`format_not_frozen`) if there are none."""
    releases.frozen(database, release_id)
    with database.transaction() as cursor:
        found = release_files.of_release(cursor, release_id, f"{name}/")
    if not found:
        raise _without_format(release_id, name)
    return found


def find_file(database: Database, store: ObjectStore, release_id: str, path: str) -> ServedFile:
    """A file of a format, whose length never changes; raise NotFound for none, as `of_format`."""
    with database.transaction() as cursor:
        found = release_files.find(cursor, release_id, path)
        gone = release_files.gone(cursor, release_id)
    if found is None:
        with database.transaction() as cursor:
            if path.partition("/")[0] not in release_files.formats(cursor, release_id):
                raise _without_format(release_id, path.partition("/")[0])
        raise NotFound(f"The release {release_id} has no file {path}.")
    file = found

    def read(start: int, length: int) -> Iterator[bytes]:
        photos = StoredPhotos(store, gone)
        return gathered(_reader(store, release_id, file).stretch(start, length, photos))

    return ServedFile(file.bytes, _tag(file, gone), file.media_type, read)


def _without_format(release_id: str, name: str) -> Refused:
    return Refused(
        "format_not_frozen",
        f"The release {release_id} has no format {name[:40]}. If the hub knows it, the release was"
        " frozen before: ask for a new one.",
    )


def gathered(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces, so that small files do not cost a write each."""
    waiting: list[bytes] = []
    waiting_bytes = 0
    for chunk in chunks:
        waiting.append(chunk)
        waiting_bytes += len(chunk)
        if waiting_bytes >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, waiting_bytes = [], 0
    if waiting:
        yield b"".join(waiting)


def _tag(file: ReleaseFile, gone: set[str]) -> str:
    if not gone or not file.photos:
        return file.sha256
    return hashlib.sha256(" ".join([file.sha256, *sorted(gone)]).encode()).hexdigest()


def _reader(store: ObjectStore, release_id: str, file: ReleaseFile) -> SkeletonReader:
    """The reader of a file's skeleton, kept for the next stretch that is asked for."""
    with _reading:
        if file.skeleton_sha256 in _kept:
            _kept.move_to_end(file.skeleton_sha256)
            return _kept[file.skeleton_sha256]
    key = keys.release_skeleton(release_id, file.path)
    made = SkeletonReader(lambda start, length: b"".join(store.stream(key, start, length)))
    with _reading:
        _kept[file.skeleton_sha256] = made
        while len(_kept) > KEPT_READERS:
            _kept.popitem(last=False)
    return made
