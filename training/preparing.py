"""What happens once before workers train: a release's shards, and what the network sees in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from imagehub import manifest as manifests
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.hub import open_store
from imagehub.manifest import Manifest
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from training import dataset, features, photos, shards
from training.shards import Index, ShardFacts, ShardPlan

Everywhere = Callable[[Any, Sequence[Any]], list[Any]]
"""Runs a function over items on executors; returns what it gave, in order."""


@dataclass(frozen=True, slots=True)
class PinnedRelease:
    """The release that a run is pinned to, and the ids of its photos that were withdrawn."""

    release_id: str
    manifest_sha256: bytes
    withdrawn: frozenset[str] = frozenset()


def read_manifest(store: ObjectStore, source: PinnedRelease) -> Manifest:
    """The release's manifest without what was withdrawn.

    Raises Refused(`release_damaged`) if it is not the one that the run names.
    """
    data = store.get(keys.release_manifest(source.release_id))
    if manifests.digest(data) != source.manifest_sha256:
        raise Refused(
            "release_damaged",
            f"The manifest of {source.release_id} is not the one that was signed: train on"
            " another release.",
        )
    whole = manifests.read(data)
    left = tuple(file for file in whole.files if file.image_id not in source.withdrawn)
    return replace(whole, files=left)


def make_shards(
    settings: Settings,
    source: PinnedRelease,
    side_pixels: int,
    everywhere: Callable[[], Everywhere],
) -> Index:
    """The release's training shards at a size: those that are there, or made now on executors."""
    store = open_store(settings)
    name = shards.contents(source.manifest_sha256.hex(), source.withdrawn)
    with suppress(NotFound):
        return shards.read_index(store.get(shards.index_key(name, side_pixels)))
    manifest = read_manifest(store, source)
    plans = shards.plan(manifest, name, side_pixels)
    made = everywhere()(partial(_make_shard, settings), plans)
    index = shards.index(manifest, name, side_pixels, made)
    store.put(shards.index_key(name, side_pixels), shards.write_index(index))
    return index


def make_features(
    settings: Settings,
    index: Index,
    network_sha256: str,
    mirrored: bool,
    everywhere: Callable[[], Everywhere],
) -> None:
    """Have the network look at every shard to train on that it has not looked at yet."""
    store = open_store(settings)
    missing = [
        (shard, mirrored)
        for shard in index.of("train")
        if not _is_there(store, features.key(shard, network_sha256, mirrored))
    ]
    if missing:
        everywhere()(partial(_look_at_shard, settings, network_sha256), missing)


def _make_shard(settings: Settings, plan: ShardPlan) -> ShardFacts:
    store = open_store(settings)

    def read_small(file: manifests.ManifestFile) -> bytes:
        return photos.small_jpeg(photos.released(store, file), plan.side_pixels)

    data = shards.build(plan, read_small)
    store.put(plan.key, data)
    return shards.facts(plan, data)


def _look_at_shard(
    settings: Settings, network_sha256: str, shard_and_mirroring: tuple[ShardFacts, bool]
) -> int:
    shard, mirrored = shard_and_mirroring
    store = open_store(settings)
    data = shards.require_sha256(store.get(shard.key), shard.sha256, shard.key)
    found = features.look(
        features.named_network(settings, network_sha256), dataset.photos(data), mirrored, threads=1
    )
    # Another processor may differ in a last digit: who was first counts, for all.
    with suppress(Conflict):
        store.put(features.key(shard, network_sha256, mirrored), features.write(found))
    return shard.photos


def _is_there(store: ObjectStore, key: str) -> bool:
    return any(found == key for found in store.keys(key))
