"""The rows of an upload or a photo go, in one transaction: once committed nothing brings it back.

The lock on the photo's digest keeps landings of the same bytes apart from it, the lock on the
image's row releases that are about to be published with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from imagehub import manifest
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.releases import label_sets, release_queries, release_withdrawals
from imagehub.catalogue.uploads import removals, tombstones
from imagehub.catalogue.uploads.removals import Takedown, Withdrawal
from imagehub.catalogue.uploads.tombstones import Kind
from imagehub.catalogue.verification import crowd_models
from imagehub.storage import keys
from imagehub.withdrawal_list import WithdrawnFile
from spark_jobs.runs import JobContext
from spark_jobs.verify.leaving import leave_crowd


@dataclass(frozen=True, slots=True)
class _Going:
    """A photo that goes, and why."""

    photo_sha256: str
    kind: Kind
    reason: str | None = None


def withdraw(context: JobContext, withdrawal: Withdrawal) -> None:
    """Remove a withdrawn upload; with the last one of its photo, the photo."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        crowd_models.hold(cursor)
        tombstones.lock(cursor, withdrawal.photo_sha256)
        image_id = removals.hold_image(cursor, withdrawal.photo_sha256)
        removals.remove_upload(cursor, withdrawal.upload_id)
        if image_id is not None and (left := removals.uploads_of(cursor, image_id)):
            _lose_upload(context, cursor, image_id, left[0])
        else:
            _lose_photo(context, cursor, image_id, _Going(withdrawal.photo_sha256, "withdrawn"))


def take_down(context: JobContext, decided: Takedown) -> None:
    """Remove a photo with all its uploads."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        crowd_models.hold(cursor)
        tombstones.lock(cursor, decided.photo_sha256)
        image_id = removals.hold_image(cursor, decided.photo_sha256)
        for upload_id in removals.uploads_of(cursor, image_id) if image_id else ():
            removals.remove_upload(cursor, upload_id)
        removal = _Going(decided.photo_sha256, "taken_down", decided.reason)
        _lose_photo(context, cursor, image_id, removal)


def reopen(context: JobContext, photo_sha256: str) -> None:
    """Have a photo swept again that was refused after it had gone."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        tombstones.lock(cursor, photo_sha256)
        tombstones.reopen(cursor, photo_sha256)


def _lose_photo(context: JobContext, cursor: Cursor, image_id: str | None, removal: _Going) -> None:
    if image_id is not None:
        _note_releases(context, cursor, image_id, removal.kind)
        leave_crowd(cursor, image_id)
        label_sets.withdraw(cursor, image_id, None, context.run.id)
        removals.leave_groups(cursor, image_id)
        removals.delete_image(cursor, image_id)
    tombstones.mark_purged(cursor, removal.photo_sha256, removal.kind, removal.reason)


def _lose_upload(context: JobContext, cursor: Cursor, image_id: str, first: UUID) -> None:
    """The photo stays, by others' uploads: what only this one claimed of it goes."""
    removals.set_first_upload(cursor, image_id, first)
    leave_crowd(cursor, image_id)
    claimed = removals.claimed_labels(cursor, image_id)
    unclaimed = sorted(removals.judged_labels(cursor, image_id) - claimed)
    if unclaimed:
        removals.forget_verdicts(cursor, image_id, unclaimed)
        label_sets.withdraw(cursor, image_id, unclaimed, context.run.id)


def _note_releases(context: JobContext, cursor: Cursor, image_id: str, kind: Kind) -> None:
    now = datetime.now(UTC)
    for release_id in release_withdrawals.releases_that_may_hold(cursor, image_id):
        files = manifest.read(context.store.get(keys.release_manifest(release_id))).files
        release_withdrawals.add(
            cursor,
            [
                WithdrawnFile(release_id, image_id, file.path, file.sha256, kind, now)
                for file in files
                if file.image_id == image_id
            ],
        )
        _tell_downloaders(cursor, release_id, now)


def _tell_downloaders(cursor: Cursor, release_id: str, now: datetime) -> None:
    """Tell everybody who took the release home; once a day, however many photos go."""
    words = (
        f"Photos of the release {release_id} were withdrawn. If you have it, run"
        f" `imagehub download {release_id}` on it again, or delete what WITHDRAWN.csv names."
    )
    once = f"withdrawn of {release_id} {now:%Y-%m-%d}"
    for account_id in release_queries.downloaders(cursor, release_id):
        news = News("release.withdrawn", words, f"/releases/{release_id}", once)
        notices.tell(cursor, account_id, news)
