"""A receipt: the states that one upload has passed, with times and reasons in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from imagehub.answers.uploads import Step
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.moderation import photo_openings
from imagehub.catalogue.uploads import acceptances, receipts, withdrawals
from imagehub.catalogue.uploads.receipts import UploadFacts
from imagehub.catalogue.uploads.withdrawals import UploadEnding
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Account, Label, UploadState
from webapp.http import access, cursors
from webapp.http.cursors import Page
from webapp.images.explanations import Explanation, Reader, VerdictContext, explain

SET_ASIDE = "set_aside"
SET_ASIDE_REASON = (
    "Your photo is kept safe; we could not handle it and an operator will look at it."
)
WITHDRAWN = "You withdrew this photo."
HIDDEN = "This photo was reported: it is hidden until somebody has decided."
TAKEN_DOWN = {
    "": "This photo was taken down.",
    "not_this": "This photo was taken down: it does not show what it was sent as.",
    "private": "This photo was taken down: it shows somebody or something private.",
    "rights": "This photo was taken down: somebody else has the rights to it.",
    "harm": "This photo was taken down: it may do harm.",
}


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Where an upload stands. `id` is what its contributor calls it.

    `explanation` says in words what verification decided, once it has.
    """

    id: UUID
    state: UploadState
    claimed_label: Label | None
    photo_sha256: str | None
    image_id: str | None
    duplicate_of: str | None
    steps: tuple[Step, ...]
    explanation: Explanation | None = None
    verification_version: int | None = None


def show(database: Database, account: Account, upload_id: str) -> ReceiptView:
    """The receipt of the asker's upload, or of one that is open to an admin; else NotFound."""
    upload_uuid = parse_id(upload_id)
    with database.transaction() as cursor:
        own = receipts.find_own(cursor, account.id, acceptances.upload_ids(account.id, upload_uuid))
        if own is not None:
            return _told(cursor, [own])[0]
        found = receipts.find_any(cursor, upload_uuid)
        if found is not None and _is_open_to(cursor, account, found):
            return _told(cursor, [found], sees_all=True)[0]
    raise NotFound(f"There is no upload {upload_id}.")


def _is_open_to(cursor: Cursor, account: Account, found: UploadFacts) -> bool:
    is_opened = found.image_id is not None and (
        found.image_is_public or photo_openings.is_opened(cursor, account.id, found.image_id)
    )
    return access.table().things["upload"].is_for(account, is_opened=is_opened)


def newest(
    database: Database, account: Account, after: str | None, limit: int
) -> Page[ReceiptView]:
    """The asker's uploads, newest first."""
    with database.transaction() as cursor:
        found = receipts.newest(cursor, account.id, _position(after) if after else None, limit + 1)
        page = cursors.page_after(found, limit, _sort_key, is_first=after is None)
        return Page(tuple(_told(cursor, page.items)), page.after, page.before)


def _told(
    cursor: Cursor, uploads: Sequence[UploadFacts], sees_all: bool = False
) -> list[ReceiptView]:
    rivals = _rivals(cursor, uploads)
    endings = withdrawals.endings(cursor, [upload.upload_id for upload in uploads])
    hidden = withdrawals.hidden_images(cursor, [upload.image_id or "" for upload in uploads])
    told = []
    for facts in uploads:
        receipt = receipt_of(facts, sees_all, rivals)
        if facts.upload_id in endings:
            receipt = _ended(receipt, endings[facts.upload_id])
        elif facts.image_id in hidden:
            receipt = _hidden(receipt)
        told.append(receipt)
    visible = withdrawals.visible_images(cursor, [receipt.duplicate_of or "" for receipt in told])
    return [
        receipt if receipt.duplicate_of in visible else replace(receipt, duplicate_of=None)
        for receipt in told
    ]


def _ended(receipt: ReceiptView, ending: UploadEnding) -> ReceiptView:
    """What is left to tell of a photo that is gone."""
    state = UploadState.TAKEN_DOWN if ending.is_takedown else UploadState.WITHDRAWN
    words = TAKEN_DOWN[ending.kind or ""] if ending.is_takedown else WITHDRAWN
    removed = "" if ending.removed_at else " Its files are being removed."
    last = Step(state=state, at=ending.asked_at, code=ending.kind, reasons=(words + removed,))
    return replace(
        receipt,
        state=state,
        image_id=None,
        duplicate_of=None,
        steps=tuple(_in_order(iter((receipt.steps[0], last)))),
        explanation=None,
        verification_version=None,
    )


def _hidden(receipt: ReceiptView) -> ReceiptView:
    """The receipt of a photo that is hidden for now."""
    last = receipt.steps[-1].model_copy(update={"reasons": (HIDDEN,)})
    return replace(
        receipt,
        image_id=None,
        duplicate_of=None,
        steps=(*receipt.steps[:-1], last),
        explanation=None,
        verification_version=None,
    )


def receipt_of(
    upload: UploadFacts, sees_all: bool = False, rivals: Mapping[str, str] | None = None
) -> ReceiptView:
    """Tell an upload's standing; what its contributor may not know is left out.

    `rivals` are names of labels that the evidence may name, by MID. Times never run backwards:
    that another upload of the same photo was decided earlier is private.
    """
    duplicate_of = _duplicate_of(upload, sees_all)
    explanation = _explain(upload, rivals or {}, sees_all)
    is_repeated = duplicate_of == upload.image_id
    steps = tuple(_in_order(_steps(upload, is_repeated, explanation)))
    return ReceiptView(
        id=upload.client_key or upload.upload_id,
        state=steps[-1].state,
        claimed_label=(
            Label(upload.claimed_label, upload.label_name or "") if upload.claimed_label else None
        ),
        photo_sha256=upload.photo_sha256.hex() if upload.photo_sha256 else None,
        image_id=upload.image_id,
        duplicate_of=duplicate_of,
        steps=steps,
        explanation=explanation,
        verification_version=upload.verification_version if explanation else None,
    )


def _explain(upload: UploadFacts, rivals: Mapping[str, str], sees_all: bool) -> Explanation | None:
    if upload.verdict is None or upload.claimed_label is None:
        return None
    label = Label(upload.claimed_label, upload.label_name or "")
    case = VerdictContext(label, upload.verdict, upload.findings, rivals, upload.prior)
    reader = Reader(sees_numbers=sees_all, is_sender=True, alone=not upload.is_shared_claim)
    return explain(case, reader)


def _rivals(cursor: Cursor, uploads: Sequence[UploadFacts]) -> dict[str, str]:
    mids = {
        seen.rival
        for upload in uploads
        for seen in (upload.verdict.evidence if upload.verdict else ())
    } - {None}
    if not mids:
        return {}
    found = label_queries.find_many(cursor, [mid for mid in mids if mid])
    return {entry.label.mid: entry.label.name for entry in found}


def _duplicate_of(upload: UploadFacts, sees_all: bool) -> str | None:
    """The image that this photo repeats, if it is public or the contributor's own."""
    is_repeated = upload.first_upload_id not in (None, upload.upload_id)
    if is_repeated and (sees_all or upload.image_is_public or upload.sent_before):
        return upload.image_id
    if sees_all or upload.keeper_is_public or upload.keeper_is_own:
        return upload.keeper_id
    return None


def _steps(
    upload: UploadFacts, is_repeated: bool, explanation: Explanation | None
) -> Iterator[Step]:
    if upload.door_code:
        reasons = (upload.door_reason or "",)
        yield Step(
            state=UploadState.REFUSED,
            at=upload.asked_at,
            code=upload.door_code,
            reasons=reasons,
        )
        return
    yield Step(state=UploadState.ACCEPTED, at=upload.asked_at)
    if upload.settled_at is None:
        if upload.set_aside_at is not None:
            yield Step(
                state=UploadState.ACCEPTED,
                at=upload.set_aside_at,
                code=SET_ASIDE,
                reasons=(SET_ASIDE_REASON,),
            )
        return
    if upload.settled_state == "refused":
        reasons = (upload.settled_reason or "",)
        yield Step(
            state=UploadState.REFUSED,
            at=upload.settled_at,
            code=upload.settled_code,
            reasons=reasons,
        )
        return
    again = ("The hub has this photo already; it counts once.",) if is_repeated else ()
    yield Step(state=UploadState.STORED, at=upload.settled_at, reasons=again)
    if upload.checked_at is not None:
        yield Step(state=UploadState.CHECKED, at=upload.checked_at)
    if upload.outcome and upload.decided_at:
        told = explanation.all_reasons if explanation else ()
        yield Step(state=UploadState(upload.outcome), at=upload.decided_at, reasons=told)


def _in_order(steps: Iterator[Step]) -> Iterator[Step]:
    latest: datetime | None = None
    for step in steps:
        latest = step.at if latest is None else max(latest, step.at)
        yield step.model_copy(update={"at": latest})


def _sort_key(upload: UploadFacts) -> tuple[str, str]:
    return upload.asked_at.isoformat(), str(upload.upload_id)


def _position(cursor: str) -> tuple[datetime, UUID]:
    asked_at, upload_id = cursors.decode_moment(cursor)
    try:
        return asked_at, UUID(upload_id)
    except ValueError as error:
        raise Refused("cursor_malformed", "This page link is damaged.") from error


def parse_id(text: str) -> UUID:
    """The id of an upload in its one usual spelling; NotFound for anything else."""
    try:
        found = UUID(text)
    except ValueError as error:
        raise NotFound(f"{text!r} is no upload's id.") from error
    if str(found) != text.lower():
        raise NotFound(f"{text!r} is no upload's id.")
    return found
