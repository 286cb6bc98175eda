"""Uploads: send a photo, and follow its receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from flask import Response, request
from pydantic import AwareDatetime, BeforeValidator, Field, field_validator, model_validator

from imagehub.answers.explanations import EvidenceAnswer, ExplanationAnswer
from imagehub.answers.uploads import Receipt, Receipts
from imagehub.characters import without_format
from imagehub.errors import Refused
from imagehub.privacy import MAX_DEVICE_CHARACTERS, PLACE_DECIMALS
from imagehub.vocabulary import Account, UploadMetadata
from webapp.http import boundary, upload_body
from webapp.http.boundary import Decimal, RequestModel, Text, Whole
from webapp.http.cursors import PageQuery
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import resources
from webapp.uploads import receipts, withdrawals
from webapp.uploads import service as uploads

DIGEST = re.compile("[0-9a-f]{64}")
endpoints = Endpoints("uploads")


def _instant(value: object) -> object:
    """An ISO 8601 time; one without a zone is UTC."""
    if not isinstance(value, str):
        return value
    if not re.match(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("it must be a time such as 2026-05-01T08:00:00Z")
    instant = datetime.fromisoformat(value)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _unpadded(value: object) -> object:
    """EXIF ends its words with NULs, and cameras fill them up with more, or with spaces."""
    return without_format(value.strip("\0 \t\r\n")) if isinstance(value, str) else value


class UploadFields(RequestModel):
    """What stands beside the photo, in the query of a raw body or in the fields of a form."""

    label: str = Field(default="", description="Always needed: MID or exact name, in any case.")
    taken_at: Annotated[AwareDatetime, BeforeValidator(_instant)] | None = Field(
        default=None,
        description="ISO 8601; UTC where no zone is given; left out before 1990 or after tomorrow.",
    )
    latitude: Annotated[Decimal, Field(ge=-90, le=90)] | None = Field(
        default=None, description="Degrees; kept to one decimal, about 11 km; 0, 0 is left out."
    )
    longitude: Annotated[Decimal, Field(ge=-180, le=180)] | None = Field(
        default=None, description="Degrees; goes with the latitude."
    )
    device: (
        Annotated[Text, Field(max_length=MAX_DEVICE_CHARACTERS), BeforeValidator(_unpadded)] | None
    ) = Field(default=None, description="What took the photo.")

    @field_validator("taken_at", mode="before")
    @classmethod
    def _without_unstorable_text(cls, value: object) -> object:
        """Only the time is asked: `label` has a refusal of its own, and `device` loses its NULs."""
        boundary.require_storable(value)
        return value

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, value: object) -> object:
        """A form sends its empty fields too."""
        if not isinstance(value, dict):
            return value
        return {name: text for name, text in value.items() if text != ""}

    @model_validator(mode="after")
    def _whole_place(self) -> UploadFields:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    def metadata(self) -> UploadMetadata:
        """The claim's metadata, its place made coarse."""
        return UploadMetadata(
            taken_at=self.taken_at,
            latitude=None if self.latitude is None else round(self.latitude, PLACE_DECIMALS),
            longitude=None if self.longitude is None else round(self.longitude, PLACE_DECIMALS),
            device=self.device,
        )


class ReceiptsQuery(PageQuery):
    """A page of receipts."""

    limit: Annotated[Whole, Field(ge=1, le=500)] = 100


@endpoints.post(
    "/uploads",
    status=202,
    answer=Receipt,
    request_media_types=("image/jpeg", "image/png", "image/webp", upload_body.FORM),
    request_headers={
        "Idempotency-Key": "UUID of this upload, made by the client; the same again counts once.",
        "X-Content-SHA256": "Optional: hex digest that the photo must have.",
    },
    problems=(400, 409, 413, 415, 503),
)
def send(account: Account, query: UploadFields) -> Response:
    """Send one photo with one claimed label. 202 means: stored durably."""
    key = _client_key()
    if upload_body.is_form(request):
        if request.args:
            raise Refused("invalid", "A form carries its label and metadata in its fields.")
        photo, fields = upload_body.read_form(request)
        claim = boundary.read_fields(fields, UploadFields)
    else:
        photo, claim = upload_body.read_raw(request), query
    hub = resources()
    accepted = uploads.submit(
        hub.database,
        hub.log,
        account,
        uploads.Submission(
            client_key=key,
            photo=photo,
            label=claim.label,
            metadata=claim.metadata(),
            declared_sha256=_declared_digest(),
        ),
    )
    return reply(accepted, 202, {"Location": f"/api/v1/uploads/{accepted.id}"})


@endpoints.get("/uploads/<upload_id>", problems=(404,))
def show(upload_id: str, account: Account) -> Receipt:
    """The receipt of an upload of yours; admins see what is open to them."""
    return _told(receipts.show(resources().database, account, upload_id))


@endpoints.post("/uploads/<upload_id>/withdrawal", problems=(404,))
def withdraw(upload_id: str, account: Account) -> Receipt:
    """Withdraw your upload: hidden at once, then removed. Asking again changes nothing.

    If others sent the same photo, it stays theirs. You may send it again later.
    """
    return _told(withdrawals.withdraw(resources().database, account, upload_id))


@endpoints.get("/uploads")
def newest(account: Account, query: ReceiptsQuery) -> Receipts:
    """Your uploads, newest first."""
    page = receipts.newest(resources().database, account, query.after, query.limit)
    return Receipts(
        uploads=tuple(_told(receipt) for receipt in page.items),
        next=page.after,
    )


def _told(found: receipts.ReceiptView) -> Receipt:
    receipt = Receipt.of(found)
    if found.explanation is None or found.verification_version is None:
        return receipt
    told = found.explanation
    verdict = ExplanationAnswer(
        headline=told.headline,
        certainty=told.certainty,
        evidence=tuple(EvidenceAnswer.of(line) for line in told.lines),
        next_steps=told.next_steps,
        verification_version=found.verification_version,
    )
    return receipt.model_copy(update={"verdict": verdict})


def _client_key() -> UUID:
    text = request.headers.get("Idempotency-Key")
    if text is None:
        raise Refused(
            "idempotency_key_missing",
            "Send a UUID of your own as Idempotency-Key, and the same one when you try again.",
        )
    try:
        key = UUID(text)
    except ValueError as error:
        raise Refused("idempotency_key_invalid", "The Idempotency-Key is no UUID.") from error
    if str(key) != text.lower():
        raise Refused("idempotency_key_invalid", f"Write the Idempotency-Key as {key}.")
    return key


def _declared_digest() -> str | None:
    text = request.headers.get("X-Content-SHA256")
    if text is None:
        return None
    if not DIGEST.fullmatch(text.lower()):
        raise Refused("digest_mismatch", "X-Content-SHA256 is 64 hexadecimal digits.")
    return text.lower()
