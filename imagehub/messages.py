"""Upload <-> message of the upload log. Pure: it needs no log."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from imagehub.errors import Refused
from imagehub.vocabulary import Upload, UploadMetadata

SCHEMA = "upload/1"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the log: a key, text headers and the photo's bytes as value."""

    key: str
    headers: dict[str, str]
    value: bytes


def encode(upload: Upload, photo: bytes) -> Message:
    """Write an upload and its photo as a message; the upload's id is the key."""
    fields = asdict(upload)
    fields.pop("id")
    return Message(
        key=str(upload.id),
        headers={"schema": SCHEMA, "upload": json.dumps(fields, default=_to_text)},
        value=photo,
    )


def decode(message: Message) -> Upload:
    """Read the upload out of a message; raise Refused(`message_malformed`) if it is not one."""
    try:
        if message.headers["schema"] != SCHEMA:
            raise ValueError(f"schema {message.headers['schema']!r} is not {SCHEMA!r}")
        fields = json.loads(message.headers["upload"])
        metadata = fields.pop("metadata")
        taken_at = metadata.pop("taken_at")
        upload = Upload(
            id=UUID(message.key),
            account_id=UUID(fields.pop("account_id")),
            accepted_at=datetime.fromisoformat(fields.pop("accepted_at")),
            metadata=UploadMetadata(
                taken_at=datetime.fromisoformat(taken_at) if taken_at else None, **metadata
            ),
            **fields,
        )
        _check_types(upload)
        return upload
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(
            "message_malformed", f"The message {message.key[:80]!r} is no upload: {error}."
        ) from error


def _check_types(upload: Upload) -> None:
    """Raise TypeError or ValueError where a stranger's message holds something else."""
    metadata = upload.metadata
    for text in (upload.claimed_label, upload.photo_sha256, metadata.device or ""):
        if not isinstance(text, str) or "\0" in text:
            raise TypeError("a field is no text")
        text.encode()  # half a surrogate pair is a ValueError
    for number in (metadata.latitude or 0.0, metadata.longitude or 0.0):
        if not isinstance(number, (int, float)):
            raise TypeError("a place is no number")
    if upload.accepted_at.tzinfo is None:
        raise ValueError("the time of acceptance has no time zone")


def _to_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
