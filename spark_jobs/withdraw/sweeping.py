"""The bytes of a purged photo go, one place after another; each step may run twice."""

from __future__ import annotations

from imagehub import hub, manifest, withdrawal_list
from imagehub.catalogue.releases import release_withdrawals
from imagehub.catalogue.uploads import tombstones
from imagehub.catalogue.uploads.tombstones import PurgedPhoto
from imagehub.release_documents import Signed
from imagehub.storage import keys
from spark_jobs.runs import JobContext


def sweep(context: JobContext, purged: PurgedPhoto) -> bool:
    """Remove the remains of a photo's bytes; False while ingestion has not handled all of it."""
    _publish_lists(context, purged)
    for key in keys.of_photo(purged.photo_sha256):
        context.store.delete(key)
    if not _forget_messages(context, purged):
        return False
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        tombstones.mark_swept(cursor, purged)
    return True


def _publish_lists(context: JobContext, purged: PurgedPhoto) -> None:
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        for release_id in release_withdrawals.releases_of(cursor, purged.image_id):
            files = release_withdrawals.withdrawn_of(cursor, release_id)
            signed = _signed(context, withdrawal_list.write(files))
            release_withdrawals.write_list(cursor, release_id, signed)


def _signed(context: JobContext, data: bytes) -> Signed:
    key = manifest.load_or_create_key(context.settings.signing_key)
    return Signed(data, manifest.sign(data, key), manifest.public_bytes(key))


def _forget_messages(context: JobContext, purged: PurgedPhoto) -> bool:
    with context.database.transaction() as cursor:
        found = tombstones.message_keys(cursor, purged)
    letters = hub.open_dead_letters(context.settings)
    letters.forget(found, unhandled_too=True)
    letters.close()
    log = hub.open_log(context.settings)
    is_clean = log.forget(found)
    log.close()
    return is_clean
