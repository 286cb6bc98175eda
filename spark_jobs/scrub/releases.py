"""A release's manifest and skeletons; its photos are scrubbed as images."""

from __future__ import annotations

import logging

from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.operation.scrubs import ReleaseDigest
from imagehub.catalogue.releases import release_files
from imagehub.storage import keys
from spark_jobs.runs import JobContext
from spark_jobs.scrub.reading import Meter, damage_of

log = logging.getLogger(__name__)


def scrub_release(context: JobContext, meter: Meter, release: ReleaseDigest) -> int:
    """Compare what a release has of its own with its digests; return how much is damaged."""
    with context.database.transaction() as cursor:
        files = release_files.of_release(cursor, release.id)
    digests = {keys.release_manifest(release.id): release.manifest_sha256}
    digests |= {
        keys.release_skeleton(release.id, file.path): file.skeleton_sha256 for file in files
    }
    found = {key: damage_of(meter, key, sha256) for key, sha256 in digests.items()}
    with context.database.transaction() as cursor:
        scrubs.note(cursor, found, release_id=release.id)
    for key, damage in found.items():
        if damage:
            log.error("%s of the release %s is %s", key, release.id, damage)
    return sum(damage is not None for damage in found.values())
