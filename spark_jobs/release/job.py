"""The job `release`: freeze what a subset selects: a signed manifest, and files of each format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imagehub import manifest as manifests
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.operation import job_runs
from imagehub.catalogue.releases import release_files, releases
from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.catalogue.releases.releases import ReleaseContents, ReleaseRequest
from imagehub.catalogue.uploads import removals
from imagehub.errors import Refused, Unavailable
from imagehub.formats import plan_release
from imagehub.manifest import Manifest
from imagehub.release_documents import ReleaseFacts, Signed
from imagehub.storage import keys
from spark_jobs.batch import whole_batch
from spark_jobs.release.freezing import freeze_files
from spark_jobs.release.selecting import select
from spark_jobs.release.selection.contents import lay_out
from spark_jobs.runs import SparkJobContext


def has_work(database: Database) -> bool:
    """True if a wish waits for its answer, and copies among the images are known.

    A release never changes: what is frozen too early keeps its copies for ever.
    """
    with database.transaction() as cursor:
        if release_files.leftovers_of_old(cursor):
            return True
        return releases.any_waiting(cursor) and not job_runs.left_over(cursor, "cluster")


def run(context: SparkJobContext) -> dict[str, int]:
    """Answer every request: with a release, or with the reason why there is none."""
    with context.database.transaction() as cursor:
        old = release_files.leftovers_of_old(cursor)
        requests = releases.waiting(cursor)
    with whole_batch() as batch:
        batch.each(old, lambda release_id: _delete_old_shards(context, release_id))
        released = sum(batch.each(requests, lambda request: _answered(context, request)))
    return {"released": released, "failed": len(requests) - released}


def _delete_old_shards(context: SparkJobContext, release_id: str) -> None:
    """Photos are stored once: what an earlier version packed a second time goes."""
    for key in list(context.store.keys(keys.release_shards_of_old(release_id))):
        context.store.delete(key)
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        release_files.forget_old(cursor, release_id)


def _answered(context: SparkJobContext, request: ReleaseRequest) -> bool:
    """Make the release, or say why it cannot be; True if it was made."""
    try:
        _make(context, request)
    except Refused as refusal:
        with context.database.transaction() as cursor:
            context.run.assert_current(cursor)
            releases.fail(cursor, request.release_id, refusal.sentence)
        return False
    return True


def _make(context: SparkJobContext, request: ReleaseRequest) -> None:
    """Write the objects first and the rows last: the release is invisible until then."""
    manifest = lay_out(select(context.database, request))
    _clear(context, request.release_id)
    facts = _signed(context, manifest)
    with context.database.transaction() as cursor:
        numbers = release_files.category_ids(cursor, manifest.classes)
    try:
        files = freeze_files(context, plan_release(facts, numbers))
    except Refused:
        with context.database.transaction() as cursor:
            _require_photos(cursor, manifest)
        raise
    context.store.put(keys.release_manifest(request.release_id), facts.signed.data)
    _publish(context, request, facts, files)


def _publish(
    context: SparkJobContext,
    request: ReleaseRequest,
    facts: ReleaseFacts,
    files: Sequence[ReleaseFile],
) -> None:
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        _require_photos(cursor, facts.manifest)
        releases.remember_splits(
            cursor, request, ((file.image_id, file.split) for file in facts.manifest.files)
        )
        releases.publish(cursor, _answer(facts), context.run.id)
        release_files.add(cursor, request.release_id, files)


def _require_photos(cursor: Cursor, manifest: Manifest) -> None:
    """Raise Unavailable if a photo was withdrawn meanwhile: the release is made anew, without."""
    if not removals.hold_images(cursor, [file.image_id for file in manifest.files]):
        raise Unavailable(
            f"A photo of {manifest.release} was withdrawn while the release was made."
        )


def _clear(context: SparkJobContext, release_id: str) -> None:
    """Remove what a run left that was killed before it could publish.

    The open transaction keeps a newer run from beginning, and so from publishing, meanwhile.
    """
    folder = keys.release_manifest(release_id).rpartition("/")[0] + "/"
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        for key in list(context.store.keys(folder)):
            context.store.delete(key)


def _signed(context: SparkJobContext, manifest: Manifest) -> ReleaseFacts:
    data = manifests.write(manifest)
    key = manifests.load_or_create_key(context.settings.signing_key)
    signed = Signed(data, manifests.sign(data, key), manifests.public_bytes(key))
    return ReleaseFacts(manifest, signed)


def _answer(facts: ReleaseFacts) -> ReleaseContents:
    manifest = facts.manifest
    summary: dict[str, Counter[str]] = {}
    for file in manifest.files:
        summary.setdefault(file.label, Counter())[file.split] += 1
    return ReleaseContents(
        release_id=manifest.release,
        label_set_version=manifest.label_set_version,
        files=len(manifest.files),
        total_bytes=manifest.total_bytes,
        manifest_sha256=manifests.digest(facts.signed.data),
        signature=facts.signed.signature,
        public_key=facts.signed.public_key,
        summary=summary,
    )
