"""Send many photos at once: in parallel, each once, however often it is started again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from imagehub.client.hub_client import HubClient
from imagehub.client.journal import Journal, key_of
from imagehub.client.parallel import for_each
from imagehub.client.photo_files import PhotoFile
from imagehub.errors import Conflict, Refused
from imagehub.vocabulary import MAX_PHOTO_BYTES, UploadState

FOLLOW_TIMEOUT_SECONDS = 600.0


class UploadOutcome(StrEnum):
    """What became of one photo in this run."""

    ACCEPTED = "accepted"
    BEFORE = "accepted before"
    SAME = "same as another"  # the same photo with the same claim stands twice in the list
    LEFT_OUT = "left out"  # no photo that anybody would send
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """One photo and what the hub said; `code` and `reason` where there is something to say."""

    photo: PhotoFile
    outcome: UploadOutcome
    upload_id: UUID | None = None
    code: str = ""
    reason: str = ""


@dataclass(slots=True)
class Summary:
    """What became of all photos so far."""

    sent: list[SentPhoto] = field(default_factory=list)

    def count(self, outcome: UploadOutcome) -> int:
        """How many had this outcome."""
        return sum(sent_photo.outcome == outcome for sent_photo in self.sent)

    def told(self, outcome: UploadOutcome) -> dict[str, list[SentPhoto]]:
        """Those with this outcome of which there is something to say, by code, most first."""
        found: dict[str, list[SentPhoto]] = {}
        for sent_photo in sorted(self.sent, key=lambda sent_photo: sent_photo.photo.name):
            if sent_photo.outcome == outcome and sent_photo.reason:
                found.setdefault(sent_photo.code or sent_photo.reason, []).append(sent_photo)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


class Sender:
    """Sends photos by one client, and remembers in a journal."""

    def __init__(self, client: HubClient, journal: Journal) -> None:
        self.client = client
        self.journal = journal
        self.summary = Summary()

    def send(
        self, photos: Sequence[PhotoFile], parallel: int, sent: Callable[[SentPhoto], None]
    ) -> Summary:
        """Send what the journal does not know as accepted; `sent` hears of each photo.

        Trouble that the next photo would meet too (hub down, token wrong) stops all and is raised;
        the summary then says how far it came.
        """
        for_each(lambda photo: self._send(photo, sent), photos, parallel)
        return self.summary

    def follow(self, parallel: int, followed: Callable[[SentPhoto], None]) -> Summary:
        """Wait until all that was accepted, now or before, is stored or refused.

        What ingestion refused becomes a refusal of the summary. Raises Unavailable where one takes
        longer than FOLLOW_TIMEOUT_SECONDS.
        """
        settled: list[SentPhoto] = []

        def wait(sent_photo: SentPhoto) -> None:
            settled.append(
                self._settled(sent_photo, sent_photo.upload_id)
                if sent_photo.upload_id
                else sent_photo
            )
            followed(sent_photo)

        for_each(wait, self.summary.sent, parallel)
        self.summary.sent = settled
        return self.summary

    def _settled(self, sent_photo: SentPhoto, upload_id: UUID) -> SentPhoto:
        receipt = self.client.wait_until_landed(upload_id, FOLLOW_TIMEOUT_SECONDS)
        if receipt.state != UploadState.REFUSED:
            return sent_photo
        return replace(
            sent_photo,
            outcome=UploadOutcome.REFUSED,
            code=receipt.code or "refused",
            reason=receipt.reason,
        )

    def _send(self, photo: PhotoFile, sent: Callable[[SentPhoto], None]) -> None:
        outcome = self._offer(photo)
        self.summary.sent.append(outcome)
        sent(outcome)

    def _offer(self, photo: PhotoFile) -> SentPhoto:
        if photo.left_out:
            return SentPhoto(photo, UploadOutcome.LEFT_OUT, code="left_out", reason=photo.left_out)
        if photo.fault:
            return _refused(photo, "unreadable", photo.fault)
        try:
            size = photo.file.stat().st_size
            if size > MAX_PHOTO_BYTES:
                return _refused(photo, "too_large", f"A photo has at most {MAX_PHOTO_BYTES} bytes.")
            data = photo.file.read_bytes()
        except OSError as error:
            return _refused(photo, "unreadable", f"The file cannot be read: {error.strerror}.")
        transport = self.client.transport
        key = key_of(photo, hashlib.sha256(data).hexdigest(), transport.server, transport.token)
        accepted_as = self.journal.accepted_as(key)
        if accepted_as:
            return SentPhoto(photo, UploadOutcome.BEFORE, accepted_as)
        upload_id = self.journal.begin(key, _uuid(photo.act))
        if upload_id is None:
            return SentPhoto(photo, UploadOutcome.SAME)
        try:
            receipt = self.client.upload(data, photo.claim, upload_id)
        except Refused as refusal:
            return _refused(photo, refusal.code, refusal.sentence)
        except Conflict as conflict:
            return _refused(photo, "conflict", str(conflict))
        self.journal.accept(key)
        note = receipt.reason if receipt.state == UploadState.ACCEPTED else ""
        return SentPhoto(photo, UploadOutcome.ACCEPTED, upload_id, reason=note)


def _refused(photo: PhotoFile, code: str, reason: str) -> SentPhoto:
    return SentPhoto(photo, UploadOutcome.REFUSED, code=code, reason=reason)


def _uuid(text: str) -> UUID | None:
    with contextlib.suppress(ValueError):
        return UUID(text)
    return None
