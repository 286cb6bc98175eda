"""Which training shards a release becomes, and what each holds. Pure.

A shard holds photos of one split, made small once, in an order drawn by lot from the manifest: any
stretch of a shard has about every label in it, and the same release always gives the same shards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from imagehub.errors import Refused
from imagehub.manifest import Manifest, ManifestFile
from training import records

RECIPE = 1
"""Version of the code that makes shards; part of their keys."""

INDEX = "index.json"
PHOTOS_A_SHARD = 512
"""Of 224 px this is about 20 MB, which a worker holds in memory."""

FEWEST_SHARDS = 2
"""So that two workers each have one, however small the release."""


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One shard to make: `files` in order, `classes` numbers each label."""

    key: str
    split: str
    side_pixels: int
    files: tuple[ManifestFile, ...]
    classes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShardFacts:
    """A shard that was made."""

    key: str
    split: str
    photos: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Index:
    """All shards of a release's contents at one size, and the names of its classes in order."""

    contents: str
    side_pixels: int
    classes: tuple[str, ...]
    names: tuple[str, ...]
    shards: tuple[ShardFacts, ...]

    def of(self, split: str) -> tuple[ShardFacts, ...]:
        """The shards of a split."""
        return tuple(shard for shard in self.shards if shard.split == split)

    def photos(self, split: str) -> int:
        """How many photos a split has."""
        return sum(shard.photos for shard in self.of(split))


def contents(manifest_sha256: str, withdrawn: Collection[str]) -> str:
    """What names a release's photos: its manifest, and those of them that were withdrawn."""
    if not withdrawn:
        return manifest_sha256
    without = hashlib.sha256(" ".join(sorted(withdrawn)).encode()).hexdigest()
    return f"{manifest_sha256}-{without[:16]}"


def folder(name: str) -> str:
    """Where all shards of such contents lie in the object store."""
    return f"training/shards/{RECIPE}/{name}/"


def index_key(name: str, side_pixels: int) -> str:
    """Key of the index at one size: it is written last, so where it is all shards are."""
    return f"{folder(name)}{side_pixels}/{INDEX}"


def classes_of(manifest: Manifest) -> dict[str, int]:
    """Number the labels that files lie under, in the order of their MIDs."""
    return {mid: number for number, mid in enumerate(sorted({f.label for f in manifest.files}))}


def plan(manifest: Manifest, name: str, side_pixels: int) -> list[ShardPlan]:
    """Deal the files of each split to shards by lot."""
    classes = classes_of(manifest)
    plans = []
    for split in sorted({file.split for file in manifest.files}):
        files = sorted(
            (file for file in manifest.files if file.split == split), key=lambda file: _lot(file)
        )
        count = max(FEWEST_SHARDS, -(-len(files) // PHOTOS_A_SHARD))
        for number in range(count):
            dealt = tuple(files[number::count])
            if dealt:
                key = f"{folder(name)}{side_pixels}/{split}-{number:05d}.tfrecord"
                plans.append(ShardPlan(key, split, side_pixels, dealt, classes))
    return plans


def index(manifest: Manifest, name: str, side_pixels: int, made: Sequence[ShardFacts]) -> Index:
    """The index of shards that were made."""
    names = {label.mid: label.name for label in manifest.labels}
    classes = tuple(classes_of(manifest))
    return Index(
        name,
        side_pixels,
        classes,
        tuple(names.get(mid, mid) for mid in classes),
        tuple(sorted(made, key=lambda shard: shard.key)),
    )


def write_index(written: Index) -> bytes:
    """An index as JSON; the same one always gives the same bytes."""
    return json.dumps(asdict(written), sort_keys=True, separators=(",", ":")).encode()


def read_index(data: bytes) -> Index:
    """Read an index that we wrote."""
    fields = json.loads(data)
    made = tuple(ShardFacts(**shard) for shard in fields.pop("shards"))
    classes, names = tuple(fields.pop("classes")), tuple(fields.pop("names"))
    return Index(**fields, classes=classes, names=names, shards=made)


def build(shard: ShardPlan, read_small: Callable[[ManifestFile], bytes]) -> bytes:
    """The bytes of a shard; `read_small` gives a file's photo as a JPEG of the plan's size."""
    return records.write(
        records.Example(
            image_id=file.image_id,
            sha256=file.sha256,
            jpeg=read_small(file),
            side_pixels=shard.side_pixels,
            mid=file.label,
            class_number=shard.classes[file.label],
        )
        for file in shard.files
    )


def facts(shard: ShardPlan, data: bytes) -> ShardFacts:
    """What the index says of a shard."""
    return ShardFacts(shard.key, shard.split, len(shard.files), hashlib.sha256(data).hexdigest())


def require_sha256(data: bytes, sha256: str, key: str) -> bytes:
    """The bytes, or Refused(`shard_damaged`) if they are not those of the index."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Refused("shard_damaged", f"{key} is not what its index names by sha256.")
    return data


def _lot(file: ManifestFile) -> bytes:
    return hashlib.sha256(f"place of {file.image_id}".encode()).digest()
