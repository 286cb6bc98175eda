"""Training shards and features go that hold photos which were withdrawn since they were made."""

from __future__ import annotations

from imagehub.catalogue.training_sweeps import Due
from imagehub.storage.protocol import ObjectStore
from training import features, shards


def sweep(store: ObjectStore, release: Due) -> None:
    """Delete what was made of the release with other withdrawn files than it has now.

    May run twice; an index goes last, so that one that was cut short is found again.
    """
    manifest_sha256 = release.manifest_sha256.hex()
    current = shards.folder(shards.contents(manifest_sha256, release.withdrawn))
    of_release = shards.folder(manifest_sha256).removesuffix("/")
    stale = [key for key in store.keys(of_release) if not key.startswith(current)]
    looked_at = {
        shard.sha256
        for key in stale
        if key.endswith(shards.INDEX)
        for shard in shards.read_index(store.get(key)).shards
    }
    for key in list(store.keys(features.FOLDER)):
        if features.shard_of(key) in looked_at:
            store.delete(key)
    for key in sorted(stale, key=lambda key: key.endswith(shards.INDEX)):
        store.delete(key)
