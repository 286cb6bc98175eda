"""A release's manifest and shards: a file in them has a digest, or zeros where it is withdrawn."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator

from imagehub import manifest
from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.operation.scrubs import Damage, ReleaseDigest
from imagehub.catalogue.releases import release_withdrawals
from imagehub.errors import Damaged, NotFound
from imagehub.manifest import ManifestFile
from imagehub.storage import keys
from spark_jobs.runs import JobContext
from spark_jobs.scrub.reading import Meter, damage_of

log = logging.getLogger(__name__)


def scrub_release(
    context: JobContext, meter: Meter, release: ReleaseDigest, first_shard: int
) -> Iterator[tuple[int, int]]:
    """Check the shards from this one on; yield each one's number and how many objects are damaged.

    Without its manifest nothing is known of the shards: then all of them count as read.
    """
    key = keys.release_manifest(release.id)
    damage = damage_of(meter, key, release.manifest_sha256)
    _note(context, release.id, key, damage)
    if damage:
        yield release.shards, 1
        return
    files = manifest.read(meter.read(key)).files
    for number in range(first_shard, release.shards):
        held = [file for file in files if file.shard == number]
        shard = keys.release_shard(release.id, number)
        damage = _damage_of_shard(context, meter, release.id, shard, held)
        _note(context, release.id, shard, damage)
        yield number, int(damage is not None)


def _damage_of_shard(
    context: JobContext, meter: Meter, release_id: str, key: str, files: list[ManifestFile]
) -> Damage | None:
    try:
        data = meter.read(key)
    except Damaged:
        return Damage.ROTTEN
    except NotFound:
        return Damage.GONE
    with context.database.transaction() as cursor:  # after the bytes: none of it is told too early
        gone = {file.path for file in release_withdrawals.withdrawn_of(cursor, release_id)}
    view = memoryview(data)
    for file in files:
        photo = view[file.start : file.start + file.bytes]
        if file.path in gone or hashlib.sha256(photo).hexdigest() == file.sha256:
            continue
        return Damage.ROTTEN
    return None


def _note(context: JobContext, release_id: str, key: str, damage: Damage | None) -> None:
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        scrubs.note(cursor, {key: damage}, release_id=release_id)
    if damage:
        log.error("%s of the release %s is %s", key, release_id, damage)
