"""What every download format takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imagehub.catalogue.releases.release_withdrawals import SignedList
from imagehub.manifest import Manifest, ManifestFile


@dataclass(frozen=True, slots=True)
class ArchiveContents:
    """A release to pack: its signed manifest, and the bytes of each of its files.

    `manifest` lacks the files that are held back; `manifest_bytes` is the whole one as it was
    signed, and `withdrawals` the signed list of what was withdrawn since.
    """

    manifest: Manifest
    manifest_bytes: bytes
    signature: bytes
    public_key: bytes
    read: Callable[[ManifestFile], Iterator[bytes]]
    withdrawals: SignedList | None = None


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
