"""Uploads as ingestion settles them, and the images they lead to."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imagehub.catalogue.database import Cursor
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Label
from tests.factories.drawings import drawn_jpeg, put_derivatives, size_within
from tests.factories.labels import label
from tests.factories.numbers import next_number
from tests.factories.people import account

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Photo:
    """One landed upload and the image it led to."""

    image_id: str
    upload_id: uuid.UUID
    account: Account
    label: Label
    photo_sha256: str


def photo(
    cursor: Cursor,
    claimed: Label | None = None,
    *,
    owner: Account | None = None,
    store: ObjectStore | None = None,
    size: tuple[int, int] = (1024, 768),
    jpeg: bytes | None = None,
) -> Photo:
    """An upload that landed as a new image; its pixels go to `store` (drawn, or `jpeg`)."""
    number = next_number()
    claimed = claimed or label(cursor)
    owner = owner or account(cursor)
    full = jpeg or (drawn_jpeg(number, size) if store else f"photo {number}".encode())
    digest = hashlib.sha256(f"original of {number}: ".encode() + full).hexdigest()
    if store:
        put_derivatives(store, digest, full)
    upload_id = uuid.uuid4()
    sizes = size_within(size, 2048)
    cursor.execute(
        "insert into images (id, photo_sha256, format, width, height, photo_bytes, full_sha256,"
        " full_bytes, full_crc32, full_width, full_height, fingerprint, derivative_recipe,"
        " first_upload_id, landed_at)"
        " values (%s, %s, 'JPEG', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(digest[:16], bytes.fromhex(digest), *size, len(full) + 900),
            *(hashlib.sha256(full).digest(), len(full), zlib.crc32(full), *sizes, number),
            *(keys.DERIVATIVE_RECIPE, str(upload_id), START + timedelta(minutes=number)),
        ),
    )
    _count(cursor, "images")
    made = Photo(digest[:16], upload_id, owner, claimed, digest)
    _land(cursor, made, START + timedelta(minutes=number))
    return made


def same_photo_again(cursor: Cursor, first: Photo, owner: Account | None = None) -> Photo:
    """A second upload of the same bytes: it lands on the same image."""
    again = Photo(
        first.image_id, uuid.uuid4(), owner or account(cursor), first.label, first.photo_sha256
    )
    _land(cursor, again, START + timedelta(minutes=next_number()))
    _count(cursor, "exact_duplicates")
    return again


def refused_upload(
    cursor: Cursor,
    claimed: Label | None = None,
    owner: Account | None = None,
    code: str = "not_a_photo",
    reason: str = "The bytes are no JPEG, PNG or WebP.",
) -> uuid.UUID:
    """An upload that ingestion refused."""
    claimed, owner = claimed or label(cursor), owner or account(cursor)
    upload_id, digest = uuid.uuid4(), hashlib.sha256(str(next_number()).encode()).hexdigest()
    _accept(cursor, Photo("", upload_id, owner, claimed, digest), START)
    cursor.execute(
        "insert into uploads (id, account_id, claimed_label, photo_sha256, state, code, reason,"
        " accepted_at) values (%s, %s, %s, %s, 'refused', %s, %s, %s)",
        (str(upload_id), str(owner.id), claimed.mid, bytes.fromhex(digest), code, reason, START),
    )
    _count(cursor, "refused")
    return upload_id


def set_aside_upload(cursor: Cursor, owner: Account | None = None) -> uuid.UUID:
    """An upload that was accepted and that ingestion could not handle."""
    number, upload_id = next_number(), uuid.uuid4()
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    _accept(cursor, Photo("", upload_id, owner or account(cursor), label(cursor), digest), START)
    cursor.execute(
        'insert into dead_letters (topic, partition, "offset", code, reason, upload_id)'
        " values ('uploads', 0, %s, 'killed_its_process', 'It was not decoded.', %s)",
        (number, str(upload_id)),
    )
    return upload_id


def _accept(cursor: Cursor, made: Photo, accepted_at: datetime) -> None:
    digest = bytes.fromhex(made.photo_sha256)
    cursor.execute(
        "insert into acceptances (upload_id, account_id, claimed_label, photo_sha256,"
        " request_sha256, photo_bytes, accepted_at) values (%s, %s, %s, %s, %s, 90000, %s)",
        (str(made.upload_id), str(made.account.id), made.label.mid, digest, digest, accepted_at),
    )


def _land(cursor: Cursor, made: Photo, accepted_at: datetime) -> None:
    _accept(cursor, made, accepted_at)
    cursor.execute(
        "insert into uploads (id, account_id, claimed_label, photo_sha256, image_id, state,"
        " taken_at, latitude, longitude, device, accepted_at, settled_at)"
        " values (%s, %s, %s, %s, %s, 'landed', %s, 51.5, -0.1, 'Test phone', %s, %s)",
        (
            *(str(made.upload_id), str(made.account.id), made.label.mid),
            *(bytes.fromhex(made.photo_sha256), made.image_id),
            *(accepted_at - timedelta(hours=3), accepted_at, accepted_at + timedelta(seconds=2)),
        ),
    )
    _count(cursor, "landed")


def _count(cursor: Cursor, name: str) -> None:
    cursor.execute("update landing_counts set total = total + 1 where name = %s", (name,))
