"""Admins decide on reported photos: keep a photo, or take it down for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from imagehub.catalogue.accounts import audit_events
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.images.image_queries import ImageEntry, ImageUpload
from imagehub.catalogue.moderation import reports
from imagehub.catalogue.moderation.reports import (
    DecisionOutcome,
    ModerationDecision,
    PhotoReport,
    ReportedPhoto,
    ReportKind,
)
from imagehub.catalogue.uploads import tombstones
from imagehub.errors import Conflict, Refused
from imagehub.vocabulary import Account
from webapp.http.boundary import is_safe
from webapp.images import service as images
from webapp.moderation.reports import MAX_WORDS
from webapp.uploads.receipts import TAKEN_DOWN

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Queue:
    """The photos that wait for a decision, the gravest and oldest first, and how many there are."""

    cases: tuple[ReportedPhoto, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class ModerationCase:
    """One photo to decide on: what was said against it, who sent it, what was decided before."""

    image: ImageEntry
    uploads: tuple[ImageUpload, ...]
    reports: tuple[PhotoReport, ...]
    decisions: tuple[ModerationDecision, ...]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an admin decides, as the form has it."""

    outcome: str
    kind: str
    words: str


def queue(database: Database) -> Queue:
    """What waits for a decision."""
    with database.transaction() as cursor:
        return Queue(tuple(reports.waiting(cursor, SHOWN)), reports.count_waiting(cursor))


def desk(database: Database, admin: Account, image_id: str) -> ModerationCase:
    """All that an admin needs to decide on a photo; NotFound for none that is open to the admin."""
    with database.transaction() as cursor:
        image = _find(cursor, admin, image_id)
        return ModerationCase(
            image,
            tuple(image_queries.uploads(cursor, image.id)),
            tuple(reports.open_reports(cursor, image.id)),
            tuple(reports.decisions(cursor, image.id)),
            reports.is_concealed(cursor, image.id),
        )


def decide(database: Database, admin: Account, image_id: str, ruling: Ruling) -> DecisionOutcome:
    """Decide on a photo; reporters and senders get notices, the audit log an entry.

    Raises Refused for a decision without a reason, NotFound for a photo that is gone, and Conflict
    where nothing is open: of two admins at once, one decides.
    """
    outcome, kind, words = _read(ruling)
    with database.transaction() as cursor:
        image = _find(cursor, admin, image_id)
        tombstones.lock(cursor, image.photo_sha256)
        image = _find(cursor, admin, image_id)
        answered = reports.open_reports(cursor, image.id)
        if not answered and outcome is DecisionOutcome.KEEP:
            raise Conflict("Somebody else has decided on this photo already.")
        senders = reports.senders(cursor, image.id)
        decision = ModerationDecision(outcome, kind, words, admin.name, datetime.now(UTC))
        reports.decide(cursor, image.photo_sha256, decision, admin.id)
        _tell_reporters(cursor, image.id, answered, outcome)
        for account_id in senders:
            _tell_sender(cursor, account_id, image.id, decision)
        for account_id in senders or [admin.id]:
            done = "photo kept" if outcome is DecisionOutcome.KEEP else "photo taken down"
            detail = f"image {image.id}, {kind}: {words}"
            audit_events.write(cursor, done, account_id, admin.id, detail)
    return outcome


def _find(cursor: Cursor, admin: Account, image_id: str) -> ImageEntry:
    """The photo, if it is public, waits for admins, or was opened; else NotFound."""
    return images.visible(cursor, image_id, admin)


def _read(ruling: Ruling) -> tuple[DecisionOutcome, ReportKind, str]:
    words = ruling.words.strip()
    if ruling.outcome not in list(DecisionOutcome) or ruling.kind not in list(ReportKind):
        raise Refused("decision_unknown", "Decide to keep it or to take it down, and say why.")
    if not words or len(words) > MAX_WORDS or not is_safe(words.replace("\r\n", " ")):
        raise Refused("words_invalid", f"Give a reason, in at most {MAX_WORDS} characters.")
    return DecisionOutcome(ruling.outcome), ReportKind(ruling.kind), words


def _tell_reporters(
    cursor: Cursor, image_id: str, answered: list[PhotoReport], outcome: DecisionOutcome
) -> None:
    became = "was taken down" if outcome is DecisionOutcome.TAKE_DOWN else "stays"
    words = f"Thank you for your report. The photo {image_id[:6]} {became}."
    for account_id in {report.account_id for report in answered if report.account_id}:
        notices.tell(cursor, account_id, News("report.decided", words))


def _tell_sender(
    cursor: Cursor, account_id: UUID, image_id: str, decision: ModerationDecision
) -> None:
    if decision.outcome is DecisionOutcome.KEEP:
        words = f"Your photo {image_id[:6]} was reported and stays."
        notices.tell(cursor, account_id, News("photo.kept", words, f"/images/{image_id}"))
    else:
        words = f"{TAKEN_DOWN[decision.kind]} It was your photo {image_id[:6]}. {decision.words}"
        notices.tell(cursor, account_id, News("photo.taken_down", words))
