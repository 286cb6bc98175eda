"""The object store as a folder of this machine: one file an object.

An object is written beside its place, flushed to the disk and then linked there, so that it
appears whole, once, and outlives a power cut.
"""

from __future__ import annotations

import errno
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from imagehub.errors import Conflict, Misconfigured, NotFound, Unavailable
from imagehub.storage.keys import require_valid

CHUNK_BYTES = 256 * 1024
UNFINISHED_SECONDS = 3600
"""A file that is unfinished for so long has no writer any more."""

_UNFINISHED = ".unfinished"
"""Folder of files still being written; no key begins with a dot."""

_FULL = {errno.ENOSPC, errno.EDQUOT}
_WRONG_FOLDER = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}


class FolderStore:
    """Objects below one folder; see imagehub.storage.protocol.ObjectStore.

    Safe to share between threads and processes, and to send to another process.
    """

    def __init__(self, path: str) -> None:
        self._root = Path(path).absolute()
        self._swept = False

    def put(self, key: str, data: bytes) -> bool:
        """Store the object durably, or find it there; see the protocol."""
        path = self._path(key)
        with self._errors_translated():
            self._make_folder(path.parent)
            created = not path.exists() and self._write(path, data)
            if not created:
                _compare(key, path, data)
            self._flush_folders(path.parent)
        return created

    def get(self, key: str) -> bytes:
        """Return the whole object; raise NotFound if there is none."""
        with self._open(key) as file, self._errors_translated():
            return file.read()

    def stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a stretch of the object in chunks; NotFound comes from the call itself."""
        return self._chunks(self._open(key), start, length)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with the prefix, in the order of their bytes."""
        with self._errors_translated():
            yield from _walk(self._root, "", prefix)

    def delete(self, key: str) -> None:
        """Remove the object; do nothing if there is none."""
        path = self._path(key)
        with self._errors_translated():
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            _flush_folder(path.parent)

    def replace(self, key: str, data: bytes) -> None:
        """Put other bytes in the place of an object; see the protocol."""
        path = self._path(key)
        with self._errors_translated():
            self._make_folder(path.parent)
            with self._unfinished(data) as unfinished:
                unfinished.replace(path)
            self._flush_folders(path.parent)

    def _path(self, key: str) -> Path:
        return self._root / require_valid(key)

    def _open(self, key: str) -> BinaryIO:
        path = self._path(key)
        with self._errors_translated():
            try:
                return path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise NotFound(f"There is no object {key}.") from None

    def _chunks(self, file: BinaryIO, start: int, length: int | None) -> Iterator[bytes]:
        with file, self._errors_translated():
            file.seek(start)
            while length is None or length > 0:
                chunk = file.read(CHUNK_BYTES if length is None else min(CHUNK_BYTES, length))
                if not chunk:
                    return
                if length is not None:
                    length -= len(chunk)
                yield chunk

    def _write(self, path: Path, data: bytes) -> bool:
        """Say whether the file was created; it is not where another writer was first."""
        with self._unfinished(data) as unfinished:
            try:
                os.link(unfinished, path)
            except FileExistsError:
                return False
        return True

    @contextmanager
    def _unfinished(self, data: bytes) -> Iterator[Path]:
        """A durable file with these bytes that is nowhere yet; gone at the end."""
        unfinished = self._root / _UNFINISHED / uuid.uuid4().hex
        try:
            with unfinished.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield unfinished
        finally:
            unfinished.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        unfinished = self._root / _UNFINISHED
        if not unfinished.is_dir():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)  # originals say where
            unfinished.mkdir(parents=True, exist_ok=True)
            _flush_folder(self._root.parent)
        folder.mkdir(parents=True, exist_ok=True)
        if not self._swept:
            self._swept = True
            _remove_old_files(unfinished)

    def _flush_folders(self, folder: Path) -> None:
        """Make the entries on the way down to the folder durable, ours or not."""
        while folder != self._root.parent:
            _flush_folder(folder)
            folder = folder.parent

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise Unavailable(
                    f"The disk of {self._root} is full. Free some space there; nothing was stored.",
                    retry_after_seconds=30,
                ) from error
            if error.errno == errno.EROFS:
                raise Unavailable(
                    f"The file system of {self._root} can only be read now. Look at its disk, and"
                    " mount it for writing again; nothing was stored.",
                    retry_after_seconds=30,
                ) from error
            if error.errno in _WRONG_FOLDER:
                raise Misconfigured(
                    f"The object store cannot live in {self._root}: {error.strerror}. "
                    "Give this user the folder, or name another one in IMAGEHUB_STORAGE_URL."
                ) from error
            raise Unavailable(
                f"The object store cannot use {self._root} now: {error.strerror}."
            ) from error


def _compare(key: str, path: Path, data: bytes) -> None:
    if path.stat().st_size != len(data) or path.read_bytes() != data:
        raise Conflict(f"Other bytes are stored as {key} already.")


def _walk(folder: Path, above: str, prefix: str) -> Iterator[str]:
    try:
        entries = [
            (entry.name + "/" if entry.is_dir() else entry.name) for entry in os.scandir(folder)
        ]
    except FileNotFoundError:
        return
    for name in sorted(entries):
        key = above + name
        if name.startswith("."):
            continue
        if name.endswith("/"):
            if key.startswith(prefix) or prefix.startswith(key):
                yield from _walk(folder / name, key, prefix)
        elif key.startswith(prefix):
            yield key


def _remove_old_files(folder: Path) -> None:
    """Remove what writers that were killed left behind."""
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
                file.unlink()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
