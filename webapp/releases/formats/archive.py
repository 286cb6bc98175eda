"""What every download format takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imagehub.manifest import ManifestFile
from imagehub.release_documents import ReleaseFacts


@dataclass(frozen=True, slots=True)
class ArchiveContents:
    """A release to pack: what its documents are made of, and the bytes of each of its files."""

    facts: ReleaseFacts
    read: Callable[[ManifestFile], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Archive:
    """A packed release: its exact size is known before its first byte is made."""

    size_bytes: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to pack a release; `title` is what the button of its download says."""

    name: str
    title: str
    media_type: str
    extension: str
    pack: Callable[[ArchiveContents], Archive]
