"""Files by name, in a folder, a zip or a tar. Nothing is ever written by a name that stands there.

A name that would leave the tree, a link and what is no file come with a problem, so that the report
names them.
"""

from __future__ import annotations

import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import scandir, stat_result
from pathlib import Path
from typing import Protocol

from imagehub.errors import Refused
from imagehub.file_names import shown
from imagehub.vocabulary import MAX_PHOTO_BYTES

MAX_DEPTH = 20
MAX_HEADER_BYTES = 1 << 20
MAX_UNPACKED_RATIO = 100
FREE_BYTES = 1 << 30
"""A packed tar may unpack to this, and beyond it to so many times its own size."""

_DRIVE = re.compile(r"[A-Za-z]:")
_LINK = Refused("link", "It is a link, and imports follow none.")
_LARGE = Refused("photo_too_large", "It is larger than a photo may be.")
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file in a tree: its name with `/`, its size, its bytes, or why it cannot be taken."""

    name: str
    size_bytes: int
    read: Callable[[], bytes]
    problem: Refused | None = None


class Tree(Protocol):
    """Files by name."""

    def entries(self) -> Iterator[TreeEntry]:
        """Every file. Raises Refused(`archive_broken`, `archive_bomb`) where it goes no further."""
        ...

    def beside(self, name: str) -> bytes | None:
        """The bytes of a small file by its name, if there is one and the tree can look."""
        ...


def open_tree(place: Path) -> Tree:
    """The tree of a folder or an archive; raise Refused for any other file."""
    if place.is_dir():
        return FolderTree(place)
    if zipfile.is_zipfile(place):
        return ZipTree(place)
    if tarfile.is_tarfile(place):
        return TarTree(place)
    raise Refused("archive_broken", f"{place.name} is no zip and no tar, or it is damaged.")


def name_problem(name: str) -> Refused | None:
    """Why a name cannot be that of a file inside the tree."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or ".." in parts:
        return Refused("unsafe_path", "Its name leads out of the archive.")
    if "\0" in name or len(name) > 1000:
        return Refused("unsafe_path", "Its name is none that a file can have.")
    return None


class FolderTree:
    """A folder with all that is below it, in the order of names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self) -> Iterator[TreeEntry]:
        """Every file; links are named and not followed."""
        yield from self._below(self._folder, "", MAX_DEPTH)

    def beside(self, name: str) -> bytes | None:
        """The bytes of a small file in the folder."""
        file = self._folder / name
        try:
            is_small = stat.S_ISREG(file.lstat().st_mode) and file.lstat().st_size <= 1 << 20
            return file.read_bytes() if is_small else None
        except OSError:
            return None

    def _below(self, folder: Path, prefix: str, depth: int) -> Iterator[TreeEntry]:
        with scandir(folder) as found:
            listed = sorted(entry.name for entry in found)
        for part in listed:
            file, name = folder / part, prefix + shown(part)
            status = file.lstat()
            if stat.S_ISDIR(status.st_mode) and depth:
                yield from self._below(file, f"{name}/", depth - 1)
            else:
                yield _file(file, name, status)


def _file(file: Path, name: str, status: stat_result) -> TreeEntry:
    problem = None
    if stat.S_ISLNK(status.st_mode):
        problem = _LINK
    elif stat.S_ISDIR(status.st_mode):
        problem = Refused("too_deep", f"It is more than {MAX_DEPTH} folders deep.")
    elif not stat.S_ISREG(status.st_mode):
        problem = Refused("no_file", "It is a device or a pipe.")
    return TreeEntry(name, status.st_size, lambda: _bounded(name, file), problem)


def _bounded(name: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PHOTO_BYTES + 1)
    except OSError as error:
        raise Refused("unreadable", f"{name} cannot be read: {error.strerror}.") from error


class ZipTree:
    """A zip; its files are read when they are asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file)
        self._names = set(self._zip.namelist())

    def entries(self) -> Iterator[TreeEntry]:
        """Every file in the order of the zip's own list."""
        for info in self._zip.infolist():
            if info.is_dir():
                continue
            problem = name_problem(info.orig_filename) or name_problem(info.filename)
            if stat.S_ISLNK(info.external_attr >> 16):
                problem = _LINK
            elif info.flag_bits & 1:
                problem = Refused("encrypted", "It is encrypted; pack it without a password.")
            yield TreeEntry(info.filename, info.file_size, self._reading(info), problem)

    def beside(self, name: str) -> bytes | None:
        """The bytes of a small file in the zip."""
        if name not in self._names or self._zip.getinfo(name).file_size > 1 << 20:
            return None
        return self._reading(self._zip.getinfo(name))()

    def _reading(self, info: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                with self._zip.open(info) as member:
                    return member.read(MAX_PHOTO_BYTES + 1)
            except (*_BROKEN, OSError, RuntimeError) as error:
                raise Refused("unreadable", f"It cannot be unpacked: {error}.") from error

        return read


_LONG = frozenset(b"x g X L K".split())
"""Members that hold the name or the attributes of the next one, which tarfile reads whole."""


class _BoundedHeader(tarfile.TarInfo):
    """A header whose long names and attributes are no longer than names can be."""

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _LONG and self.size > MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header has {self.size:,} bytes")
        return super()._proc_member(tar)  # type: ignore[misc, no-any-return] # not in typeshed


class TarTree:
    """A tar, packed or not, read once from its beginning to its end."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self) -> Iterator[TreeEntry]:
        """Every file, with its bytes at hand."""
        most_bytes = FREE_BYTES + MAX_UNPACKED_RATIO * self._file.stat().st_size
        try:
            with tarfile.open(self._file, "r|*", tarinfo=_BoundedHeader) as tar:
                for member in tar:
                    if member.offset_data + member.size > most_bytes:
                        why = (
                            f"{self._file.name} unpacks to far more than it is; the rest is unread."
                        )
                        raise Refused("archive_bomb", why)
                    if not member.isdir():
                        yield _member(tar, member)
                    tar.members = []  # type: ignore[attr-defined] # it keeps all that it met
        except (*_BROKEN, OSError, ValueError) as error:
            why = f"{self._file.name} is damaged; the rest of it cannot be read: {error}."
            raise Refused("archive_broken", why) from error

    def beside(self, name: str) -> None:
        """Nothing: a tar is read in its own order."""


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> TreeEntry:
    problem = name_problem(member.name)
    if member.issym() or member.islnk():
        problem = problem or _LINK
    elif not member.isreg():
        problem = problem or Refused("no_file", "It is a device or a pipe.")
    if member.size > MAX_PHOTO_BYTES:
        problem = problem or _LARGE
    if problem:
        return TreeEntry(shown(member.name), member.size, bytes, problem)
    file = tar.extractfile(member)
    data = file.read() if file else b""
    return TreeEntry(shown(member.name), len(data), lambda: data)
