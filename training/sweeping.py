"""Remove objects that training left in the store and that are unneeded.

Shards and features that hold photos which were withdrawn since, and checkpoints of ended runs.
"""

from __future__ import annotations

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.training import training_runs
from imagehub.catalogue.training.training_sweeps import Due
from imagehub.storage.protocol import ObjectStore
from training import features, shards, task


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


def sweep_checkpoints(store: ObjectStore, cursor: Cursor) -> None:
    """Delete the checkpoints of runs that have ended."""
    found = list(store.keys(task.RUNS))
    ended = training_runs.ended(cursor, {task.run_of(key) for key in found})
    for key in found:
        if task.run_of(key) in ended:
            store.delete(key)
