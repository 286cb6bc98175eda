"""Land one upload: message -> objects -> rows. The consumer moves the offset.

Objects are keyed by digest, rows by digest and upload id, so every step can be repeated: the second
time changes nothing.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from imagehub import logs
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads import attempts, dead_letters, landings, tombstones
from imagehub.catalogue.uploads.landings import LandingFacts, NewImage, Refusal, UploadIdentity
from imagehub.catalogue.uploads.tombstones import ArrivingUpload, Barrier
from imagehub.errors import Conflict, Refused, Unavailable
from imagehub.log.protocol import Received
from imagehub.messages import decode
from imagehub.photo import LandedPhoto, digest
from imagehub.privacy import coarsened
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Upload, image_id_of
from ingestion.dead_letters import set_aside
from ingestion.outcome import Landed, Outcome, SetAside, SettledBefore, TurnedDown
from ingestion.pipeline import Pipeline

logger = logging.getLogger("ingestion")


def prepare(pipeline: Pipeline, received: Received) -> Outcome:
    """Do all that may be done for several messages at once: decode and store the objects.

    Raises Unavailable while a part is down.
    """
    try:
        upload = decode(received.message)
        _check_digest(upload, received)
        barrier, facts = _ask(pipeline, upload)
        known = _known(upload, barrier, facts)
    except Refused as refused:
        return SetAside(refused.code, refused.sentence)
    except Conflict as conflict:
        return SetAside("upload_conflict", str(conflict))
    if known is not None:
        return known
    try:
        landed = pipeline.decode(received.message.value)
    except Refused as refused:
        return TurnedDown(upload, Refusal(refused.code, refused.sentence))
    pipeline.failpoints.reached("before_objects")
    image = _store(pipeline.store, upload, received.message.value, landed)
    pipeline.failpoints.reached("after_objects")
    return Landed(upload, image, barrier.sweep)


def settle(pipeline: Pipeline, received: Received, outcome: Outcome) -> None:
    """Write what was decided, in one transaction; in the order of the log.

    Raises Unavailable while a part is down, Flooded when the pipeline must stop.
    """
    if not isinstance(outcome, SetAside):
        try:
            _write_rows(pipeline, received, outcome)
        except Conflict as conflict:
            outcome = SetAside("upload_conflict", str(conflict))
    if isinstance(outcome, SetAside):
        set_aside(pipeline, received, outcome)
    _report(received, outcome)


def _check_digest(upload: Upload, received: Received) -> None:
    found = digest(received.message.value)
    if upload.photo_sha256 != found:
        raise Refused(
            "digest_mismatch",
            f"The photo of upload {upload.id} has the digest {found}, not the one in its message.",
        )


def _ask(pipeline: Pipeline, upload: Upload) -> tuple[Barrier, LandingFacts]:
    with pipeline.database.transaction() as cursor:
        return tombstones.barrier(cursor, _sending(upload)), landings.facts(cursor, upload)


def _known(upload: Upload, barrier: Barrier, facts: LandingFacts) -> Outcome | None:
    """What can be said without decoding; raise Conflict if the id belongs to another upload."""
    if _is_settled(upload, facts.settled):
        return SettledBefore(upload)
    if not facts.has_account:
        reason = f"Upload {upload.id} is by account {upload.account_id}, which does not exist."
        return SetAside("unknown_account", reason)
    if not facts.has_label:
        reason = f"Upload {upload.id} claims {upload.claimed_label!r}, which is no label."
        return SetAside("unknown_label", reason)
    if barrier.code:
        return TurnedDown(upload, Refusal(barrier.code, barrier.sentence))
    return Landed(upload, None, barrier.sweep) if facts.has_image else None


def _sending(upload: Upload) -> ArrivingUpload:
    return ArrivingUpload(upload.id, upload.account_id, upload.photo_sha256, upload.accepted_at)


def _is_settled(upload: Upload, settled: UploadIdentity | None) -> bool:
    if settled is None:
        return False
    if (settled.account_id, settled.photo_sha256) != (upload.account_id, upload.photo_sha256):
        raise Conflict(f"Upload {upload.id} exists, with another photo or by another account.")
    return True


def _store(store: ObjectStore, upload: Upload, photo: bytes, landed: LandedPhoto) -> NewImage:
    name = upload.photo_sha256
    store.put(keys.original(name), photo)
    full = replace(landed.full, data=_put_first(store, keys.full(name), landed.full.data))
    view = _put_first(store, keys.view(name), landed.view.data)
    thumb = _put_first(store, keys.thumb(name), landed.thumb.data)
    return NewImage(
        photo_sha256=name,
        format=landed.format,
        width=landed.width,
        height=landed.height,
        photo_bytes=len(photo),
        full_sha256=full.sha256,
        full_bytes=len(full.data),
        full_crc32=full.crc32,
        full_width=full.width,
        full_height=full.height,
        view_sha256=digest(view),
        thumb_sha256=digest(thumb),
        fingerprint=landed.fingerprint,
        brightness=landed.brightness,
        flags=landed.flags,
        derivative_recipe=keys.DERIVATIVE_RECIPE,
        first_upload_id=upload.id,
    )


def _put_first(store: ObjectStore, key: str, data: bytes) -> bytes:
    """Store the derivative, or take the one that an earlier version of the encoder stored."""
    try:
        store.put(key, data)
    except Conflict:
        return store.get(key)
    return data


def _write_rows(
    pipeline: Pipeline, received: Received, outcome: Landed | TurnedDown | SettledBefore
) -> None:
    offset = pipeline.offset_of(received)
    pipeline.failpoints.reached("before_rows")
    with pipeline.database.transaction() as cursor:
        if not isinstance(outcome, SettledBefore) and _add(cursor, outcome):
            dead_letters.count_handled(cursor, offset, is_dead=False)
        attempts.forget(cursor, offset)
        pipeline.failpoints.reached("before_commit")
    pipeline.failpoints.reached("after_commit")


def _add(cursor: Cursor, outcome: Landed | TurnedDown) -> bool:
    """Add the rows; False if the upload was settled meanwhile, Conflict if its id is taken."""
    if _is_settled(outcome.upload, landings.find_upload(cursor, outcome.upload.id)):
        return False
    if isinstance(outcome, Landed):
        outcome = _passed(cursor, outcome)
    upload = coarsened(outcome.upload)
    if isinstance(outcome, TurnedDown):
        added = landings.add_upload(cursor, upload, None, outcome.refusal)
        counted = ["refused"]
    else:
        is_new = outcome.image is not None and landings.add_image(cursor, outcome.image)
        image_id = landings.find_image(cursor, upload.photo_sha256)
        if image_id is None:
            raise Conflict(f"The image id of upload {upload.id} belongs to another photo.")
        added = landings.add_upload(cursor, upload, image_id, None)
        counted = ["landed", "images" if is_new else "exact_duplicates"]
    if added:
        landings.count(cursor, *counted)
    return added


def _passed(cursor: Cursor, landed: Landed) -> Landed | TurnedDown:
    """What becomes of it if the photo was withdrawn meanwhile; no removal passes until the commit.

    Raises Unavailable if a removal took what was stored: then it is stored again.
    """
    upload = landed.upload
    tombstones.lock(cursor, upload.photo_sha256)
    barrier = tombstones.barrier(cursor, _sending(upload))
    if barrier.code:
        return TurnedDown(upload, Refusal(barrier.code, barrier.sentence))
    is_here = landed.image is not None or landings.find_image(cursor, upload.photo_sha256)
    if barrier.sweep != landed.sweep or not is_here:
        raise Unavailable(f"The photo of upload {upload.id} was removed while it landed.")
    return landed


def _report(received: Received, outcome: Outcome) -> None:
    where = f"{received.position.partition}:{received.position.offset}"
    match outcome:
        case Landed(upload, image, _):
            kind = "landed" if image else "landed on an image that exists"
            logger.info("%s upload %s", where, kind, extra=_about(upload))
        case TurnedDown(upload, refusal):
            logger.info("%s upload refused: %s", where, refusal.code, extra=_about(upload))
        case SettledBefore(upload):
            logger.info("%s upload was settled before", where, extra=_about(upload))
        case SetAside(code, reason):
            logger.warning("%s set aside: %s: %s", where, code, reason)


def _about(upload: Upload) -> dict[str, dict[str, object]]:
    return logs.about(upload=upload.id, image=image_id_of(upload.photo_sha256))
