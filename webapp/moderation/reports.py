"""Report a photo: anybody who sees it may; a grave report hides it until an admin decides."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.moderation import reports
from imagehub.catalogue.moderation.reports import ReportKind
from imagehub.errors import Refused
from imagehub.vocabulary import Account
from webapp.http.boundary import is_safe
from webapp.images import service as images

MAX_WORDS = 1000

KINDS = {
    ReportKind.NOT_THIS: "It does not show what its label says",
    ReportKind.PRIVATE: "It shows somebody or something private",
    ReportKind.RIGHTS: "Somebody else has the rights to it",
    ReportKind.HARM: "It may do harm",
}
"""What a report says, for the one who reports and for the one who decides."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report; `is_hidden`: the photo is hidden until an admin decides."""

    is_new: bool
    is_hidden: bool


def report(
    database: Database, image_id: str, reporter: Account | None, kind: str, words: str
) -> Reported:
    """Report an image that the reporter may see; NotFound for any other.

    Raises Refused for no kind of report and for words that are too long. The same account's second
    report of the same kind changes nothing while the first is open.
    """
    known, text = _kind(kind), _words(words)
    with database.transaction() as cursor:
        image = images.visible(cursor, image_id, reporter)
        was_hidden = reports.is_concealed(cursor, image.id)
        reporter_id = reporter.id if reporter else None
        is_new = reports.add(cursor, image.photo_sha256, reporter_id, known, text)
        is_hidden = reports.is_concealed(cursor, image.id)
        if is_hidden and not was_hidden:
            _tell_senders(cursor, image.id)
    return Reported(is_new, is_hidden)


def _tell_senders(cursor: Cursor, image_id: str) -> None:
    for account_id in reports.senders(cursor, image_id):
        words = f"Your photo {image_id[:6]} was reported and is hidden until somebody has decided."
        notices.tell(cursor, account_id, News("photo.hidden", words))


def _kind(text: str) -> ReportKind:
    if text not in list(ReportKind):
        raise Refused("kind_unknown", f"Say what is wrong: {', '.join(ReportKind)}.")
    return ReportKind(text)


def _words(text: str) -> str:
    report_text = text.strip()
    if len(report_text) > MAX_WORDS or not is_safe(
        report_text.replace("\r", " ").replace("\n", " ")
    ):
        raise Refused("words_invalid", f"Say it in at most {MAX_WORDS} plain characters.")
    return report_text
