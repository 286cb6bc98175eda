"""What every format takes and gives: a planned release in, planned files out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from imagehub.manifest import ManifestFile
from imagehub.photo_facts import PhotoFacts
from imagehub.release_documents import ReleaseFacts
from imagehub.skeleton.pieces import Entry
from imagehub.subsets import in_split_order

MOST_SHARD_BYTES = 64 * 1024 * 1024
WANTED_SHARDS = 64
"""So many shards of a split can be shared evenly by many workers and processes."""
LEAST_SHARD_PHOTOS = 100
"""A split is not cut into smaller shards than this, however few it then has."""


@dataclass(frozen=True, slots=True)
class PhotoShard:
    """A part of a split, in the order in which every sharded format has its photos."""

    split: str
    number: int
    shards: int
    files: tuple[ManifestFile, ...]


@dataclass(frozen=True, slots=True)
class PlannedRelease:
    """What formats are made of.

    `shards` are parts of splits; `category_ids` are numbers from 1 on by MID, the same in every
    release of the hub.
    """

    facts: ReleaseFacts
    photo_facts: PhotoFacts
    shards: tuple[PhotoShard, ...]
    category_ids: Mapping[str, int]

    @property
    def splits(self) -> list[str]:
        """Names of the splits that have photos, train first."""
        return in_split_order({shard.split for shard in self.shards})

    def of_split(self, split: str) -> list[PhotoShard]:
        """The shards of a split, in order."""
        return [shard for shard in self.shards if shard.split == split]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a format. `path` is within the release, and begins with the format's name.

    `photos` says whose photos are in it: files with equal ones are frozen together. Pickled for an
    executor, `entries` must be a function of a module, or a partial of one.
    """

    path: str
    media_type: str
    photos: tuple[ManifestFile, ...]
    entries: Callable[[], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class ReleaseFormat:
    """A way to lay out a release.

    `title` is what people read, `whole` the path of the one file that holds all of it, where there
    is one. `use` is Python, in which {hub}, {release}, {subset} and {number} are filled in.
    """

    name: str
    title: str
    rank: int
    plan: Callable[[PlannedRelease], Sequence[PlannedFile]]
    use: str
    whole: str = ""


def plan_release(facts: ReleaseFacts, category_ids: Mapping[str, int]) -> PlannedRelease:
    """Cut the splits into shards, in the order of image ids, which are digests: well shuffled."""
    manifest = facts.manifest
    by_split: dict[str, list[ManifestFile]] = {}
    for file in sorted(manifest.files, key=lambda file: file.image_id):
        by_split.setdefault(file.split, []).append(file)
    shards = [shard for split in sorted(by_split) for shard in _cut(split, by_split[split])]
    return PlannedRelease(facts, PhotoFacts(manifest), tuple(shards), category_ids)


def _cut(split: str, files: Sequence[ManifestFile]) -> Iterator[PhotoShard]:
    total_bytes = sum(file.bytes for file in files)
    wanted = min(WANTED_SHARDS, len(files) // LEAST_SHARD_PHOTOS)
    count = max(1, wanted, -(-total_bytes // MOST_SHARD_BYTES))
    for number in range(count):
        part = files[len(files) * number // count : len(files) * (number + 1) // count]
        yield PhotoShard(split, number, count, tuple(part))
