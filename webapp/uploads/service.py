"""Accepting an upload: all or nothing, once for each key."""

from __future__ import annotations

import hashlib
import json
import logging
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from imagehub import logs, photo
from imagehub.answers.labels import LabelName
from imagehub.answers.uploads import Receipt, Step
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.uploads import acceptances, tombstones
from imagehub.catalogue.uploads.acceptances import Acceptance, NewUpload
from imagehub.catalogue.uploads.tombstones import ArrivingUpload
from imagehub.errors import Conflict, Refused
from imagehub.log.protocol import UploadLog
from imagehub.messages import encode
from imagehub.plausibility import left_out
from imagehub.vocabulary import Account, Label, Upload, UploadMetadata, UploadState, image_id_of
from webapp.accounts import consents
from webapp.http.boundary import is_safe

logger = logging.getLogger("webapp")

MAX_LABEL_CHARACTERS = 200
UNRECORDED = frozenset({"photo_too_large", "digest_mismatch"})
"""Refusals of a transfer, not of a photo: the same upload may follow, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a contributor sent; `client_key` is the Idempotency-Key.

    `label` is a MID or a name, as it was written. `declared_sha256` is hex, or None.
    """

    client_key: UUID
    photo: bytes
    label: str
    metadata: UploadMetadata
    declared_sha256: str | None = None


def submit(database: Database, log: UploadLog, account: Account, submission: Submission) -> Receipt:
    """Accept an upload: the log has it durably. The same one again gives the same receipt.

    Raises Refused for a photo or label that cannot be taken (noted for the receipt), Forbidden for
    an account that has not accepted the terms in force, Conflict if the key was used for something
    else, Unavailable while catalogue or log is down; then nothing has been accepted.
    """
    try:
        photo_sha256 = _checked(submission)
        with database.transaction() as cursor:
            label = find_label(cursor, submission.label)
            candidate = _candidate(account, submission, label, photo_sha256)
            acceptance = acceptances.accept(cursor, candidate)
            if acceptance.request_sha256 != candidate.request_sha256:
                raise Conflict(
                    f"The key {submission.client_key} was used for another photo or claim. "
                    "Send this one with a key of its own."
                )
            if acceptance.is_new:
                _require_welcome(cursor, candidate)
                consents.require(cursor, account)
                log.append(
                    encode(_upload(acceptance, candidate, submission.metadata), submission.photo)
                )
        _note(acceptance, label, photo_sha256)
    except Refused as refusal:
        if refusal.code not in UNRECORDED:
            with database.transaction() as cursor:
                acceptances.refuse(cursor, account.id, submission.client_key, refusal)
        raise
    return _receipt(submission, label, photo_sha256, acceptance.accepted_at)


def _receipt(
    submission: Submission, label: Label, photo_sha256: str, accepted_at: datetime
) -> Receipt:
    """The same words whenever the same upload is sent again."""
    reasons = left_out(submission.metadata, accepted_at)
    return Receipt(
        id=submission.client_key,
        state=UploadState.ACCEPTED,
        claimed_label=LabelName.of(label),
        photo_sha256=photo_sha256,
        image_id=None,
        duplicate_of=None,
        steps=(Step(state=UploadState.ACCEPTED, at=accepted_at, reasons=reasons),),
    )


def _note(acceptance: Acceptance, label: Label, photo_sha256: str) -> None:
    logger.info(
        "upload accepted" if acceptance.is_new else "upload accepted before",
        extra=logs.about(
            upload=acceptance.upload_id, image=image_id_of(photo_sha256), label=label.mid
        ),
    )


def find_label(cursor: Cursor, label_text: str) -> Label:
    """The one label of this MID or name; raise Refused(`label_invalid`, `label_ambiguous`)."""
    name = unicodedata.normalize("NFC", label_text).strip()
    if not name or len(name) > MAX_LABEL_CHARACTERS or not is_safe(name):
        raise Refused("label_invalid", "Name a label by its MID or its name.")
    found = acceptances.labels_named(cursor, name)
    if not found:
        raise Refused(
            "label_invalid", f"There is no label {name!r}. Search the labels for its name."
        )
    if len(found) > 1:
        mids = ", ".join(label.mid for label in found)
        raise Refused(
            "label_ambiguous", f"Several labels are named {name!r}: {mids}. Send one of the MIDs."
        )
    return found[0]


def _checked(submission: Submission) -> str:
    digest = hashlib.sha256(submission.photo).hexdigest()
    if submission.declared_sha256 not in (None, digest):
        raise Refused(
            "digest_mismatch",
            "The photo that arrived is not the one whose digest was declared. Send it again.",
        )
    photo.inspect(submission.photo)
    return digest


def _require_welcome(cursor: Cursor, candidate: NewUpload) -> None:
    """Raise Refused for a photo that was taken down, or withdrawn by who sent it."""
    sending = ArrivingUpload(None, candidate.account_id, candidate.photo_sha256.hex())
    barrier = tombstones.barrier(cursor, sending)
    if barrier.code:
        raise Refused(barrier.code, barrier.sentence)


def _candidate(
    account: Account, submission: Submission, label: Label, photo_sha256: str
) -> NewUpload:
    request = [photo_sha256, label.mid, asdict(submission.metadata)]
    return NewUpload(
        client_key=submission.client_key,
        account_id=account.id,
        claimed_label=label.mid,
        photo_sha256=bytes.fromhex(photo_sha256),
        request_sha256=hashlib.sha256(
            json.dumps(request, sort_keys=True, default=str).encode()
        ).digest(),
        photo_bytes=len(submission.photo),
    )


def _upload(acceptance: Acceptance, candidate: NewUpload, metadata: UploadMetadata) -> Upload:
    return Upload(
        id=acceptance.upload_id,
        account_id=candidate.account_id,
        claimed_label=candidate.claimed_label,
        photo_sha256=candidate.photo_sha256.hex(),
        accepted_at=acceptance.accepted_at,
        metadata=metadata,
    )
