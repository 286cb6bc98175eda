"""Shards: plain tar files of a release's photos, the same bytes whenever they are made.

Each photo `IMAGE.jpg` is followed by `IMAGE.json` with its labels, as WebDataset readers expect.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imagehub.errors import Damaged, NotFound, Refused

BLOCK_BYTES = tarfile.BLOCKSIZE
END_BYTES = 2 * BLOCK_BYTES
TARGET_BYTES = 64 * 1024 * 1024
"""A shard is closed before it grows beyond this: a worker holds one in memory."""


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """One photo to pack: where its bytes lie, what they must be, and what is said beside it."""

    image_id: str
    key: str
    sha256: str
    photo_bytes: int
    facts: bytes

    @property
    def packed_bytes(self) -> int:
        """What photo and facts take up with their headers."""
        return 2 * BLOCK_BYTES + _padded(self.photo_bytes) + _padded(len(self.facts))


@dataclass(frozen=True, slots=True)
class Shard:
    """The photos of one tar file, in order; `made_at` in seconds since 1970."""

    number: int
    entries: tuple[ShardEntry, ...]
    made_at: int

    def starts(self) -> dict[str, int]:
        """Image id -> where its photo's bytes begin."""
        starts, position = {}, 0
        for entry in self.entries:
            starts[entry.image_id] = position + BLOCK_BYTES
            position += entry.packed_bytes
        return starts


def plan(
    entries: Iterable[ShardEntry], made_at: int, target_bytes: int = TARGET_BYTES
) -> list[Shard]:
    """Fill shards one after another in the order given; one photo may be larger than the target."""
    filled: list[list[ShardEntry]] = [[]]
    size = END_BYTES
    for entry in entries:
        if filled[-1] and size + entry.packed_bytes > target_bytes:
            filled.append([])
            size = END_BYTES
        filled[-1].append(entry)
        size += entry.packed_bytes
    return [Shard(number, tuple(found), made_at) for number, found in enumerate(filled) if found]


def build(shard: Shard, read: Callable[[str], bytes]) -> bytes:
    """Read, check and pack the photos of a shard.

    Raises Refused, naming the photo, if its bytes are not those that landed or are gone.
    """
    packed = bytearray()
    for entry in shard.entries:
        packed += _member(f"{entry.image_id}.jpg", _checked(entry, read), shard.made_at)
        packed += _member(f"{entry.image_id}.json", entry.facts, shard.made_at)
    packed += bytes(END_BYTES)
    return bytes(packed)


def _checked(entry: ShardEntry, read: Callable[[str], bytes]) -> bytes:
    try:
        photo = read(entry.key)
    except NotFound as error:
        raise Refused(
            "photo_missing", f"The photo of image {entry.image_id} is not in the object store."
        ) from error
    except Damaged as error:
        raise _damaged(entry) from error
    if hashlib.sha256(photo).hexdigest() != entry.sha256:
        raise _damaged(entry)
    return photo


def _damaged(entry: ShardEntry) -> Refused:
    return Refused(
        "photo_damaged",
        f"The photo of image {entry.image_id} is damaged in the object store: its SHA-256 is"
        " not the one that it landed with.",
    )


def _member(name: str, data: bytes, made_at: int) -> bytes:
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = len(data), made_at, 0o644
    return header.tobuf(tarfile.USTAR_FORMAT) + data + bytes(_padded(len(data)) - len(data))


def _padded(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES
