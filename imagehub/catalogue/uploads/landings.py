"""What ingestion writes of an upload: its image, its own row, the counts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Upload, image_id_of


@dataclass(frozen=True, slots=True)
class NewImage:
    """A row of images; digests are 64 hex digits, sizes in pixels, brightness is 0 to 255."""

    photo_sha256: str
    format: str
    width: int
    height: int
    photo_bytes: int
    full_sha256: str
    full_bytes: int
    full_crc32: int
    full_width: int
    full_height: int
    view_sha256: str
    thumb_sha256: str
    fingerprint: int
    brightness: int
    flags: tuple[str, ...]
    derivative_recipe: int
    first_upload_id: UUID

    @property
    def id(self) -> str:
        """The image's id."""
        return image_id_of(self.photo_sha256)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an upload was refused, for programs and for people."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class UploadIdentity:
    """What tells whether two uploads of one id are the same."""

    account_id: UUID
    photo_sha256: str


@dataclass(frozen=True, slots=True)
class LandingFacts:
    """What the catalogue knows of an upload that is about to land.

    `settled` is what it settled under the upload's id, if it did.
    """

    settled: UploadIdentity | None
    has_account: bool
    has_label: bool
    has_image: bool


def facts(cursor: Cursor, upload: Upload) -> LandingFacts:
    """Ask all that can be known of an upload before its photo is decoded."""
    cursor.execute(
        """
        select u.account_id, encode(u.photo_sha256, 'hex') as photo_sha256,
            exists (select from accounts where id = %(account)s::uuid) as has_account,
            exists (select from labels where mid = %(label)s) as has_label,
            exists (select from images where photo_sha256 = %(photo)s) as has_image
        from (select 1) as one left join uploads u on u.id = %(upload)s::uuid
        """,
        {
            "upload": upload.id,
            "account": upload.account_id,
            "label": upload.claimed_label,
            "photo": bytes.fromhex(upload.photo_sha256),
        },
    )
    row = cursor.fetchone()
    settled = UploadIdentity(row.account_id, row.photo_sha256) if row.account_id else None
    return LandingFacts(settled, row.has_account, row.has_label, row.has_image)


def find_upload(cursor: Cursor, upload_id: UUID) -> UploadIdentity | None:
    """The upload of this id, if it has been settled."""
    cursor.execute(
        "select account_id, encode(photo_sha256, 'hex') as photo_sha256 from uploads where id = %s",
        (upload_id,),
    )
    row = cursor.fetchone()
    return UploadIdentity(row.account_id, row.photo_sha256) if row else None


def find_image(cursor: Cursor, photo_sha256: str) -> str | None:
    """The id of the image of exactly these bytes."""
    cursor.execute("select id from images where photo_sha256 = %s", (bytes.fromhex(photo_sha256),))
    row = cursor.fetchone()
    return row.id if row else None


def add_image(cursor: Cursor, image: NewImage) -> bool:
    """Add the image; False if one of this digest or this id is there."""
    cursor.execute(
        """
        insert into images (
            id, photo_sha256, format, width, height, photo_bytes,
            full_sha256, full_bytes, full_crc32, full_width, full_height,
            view_sha256, thumb_sha256, fingerprint, brightness, flags, derivative_recipe,
            first_upload_id
        ) values (
            %(id)s, %(photo_sha256)s, %(format)s, %(width)s, %(height)s, %(photo_bytes)s,
            %(full_sha256)s, %(full_bytes)s, %(full_crc32)s, %(full_width)s, %(full_height)s,
            %(view_sha256)s, %(thumb_sha256)s, %(fingerprint)s, %(brightness)s, %(flags)s,
            %(derivative_recipe)s, %(first_upload_id)s
        ) on conflict do nothing
        """,
        {
            "id": image.id,
            "photo_sha256": bytes.fromhex(image.photo_sha256),
            "format": image.format,
            "width": image.width,
            "height": image.height,
            "photo_bytes": image.photo_bytes,
            "full_sha256": bytes.fromhex(image.full_sha256),
            "full_bytes": image.full_bytes,
            "full_crc32": image.full_crc32,
            "full_width": image.full_width,
            "full_height": image.full_height,
            "view_sha256": bytes.fromhex(image.view_sha256),
            "thumb_sha256": bytes.fromhex(image.thumb_sha256),
            "fingerprint": image.fingerprint,
            "brightness": image.brightness,
            "flags": list(image.flags),
            "derivative_recipe": image.derivative_recipe,
            "first_upload_id": image.first_upload_id,
        },
    )
    return bool(cursor.rowcount == 1)


def add_upload(
    cursor: Cursor, upload: Upload, image_id: str | None, refusal: Refusal | None
) -> bool:
    """Add the upload as landed on the image, or as refused; False if its id is there."""
    cursor.execute(
        """
        insert into uploads (
            id, account_id, claimed_label, photo_sha256, image_id, state, code, reason,
            taken_at, latitude, longitude, device, accepted_at
        ) values (
            %(id)s, %(account_id)s, %(claimed_label)s, %(photo_sha256)s, %(image_id)s, %(state)s,
            %(code)s, %(reason)s, %(taken_at)s, %(latitude)s, %(longitude)s, %(device)s,
            %(accepted_at)s
        ) on conflict (id) do nothing
        """,
        {
            "id": upload.id,
            "account_id": upload.account_id,
            "claimed_label": upload.claimed_label,
            "photo_sha256": bytes.fromhex(upload.photo_sha256),
            "image_id": image_id,
            "state": "refused" if refusal else "landed",
            "code": refusal.code if refusal else None,
            "reason": refusal.reason if refusal else None,
            "taken_at": upload.metadata.taken_at,
            "latitude": upload.metadata.latitude,
            "longitude": upload.metadata.longitude,
            "device": upload.metadata.device,
            "accepted_at": upload.accepted_at,
        },
    )
    return bool(cursor.rowcount == 1)


def count(cursor: Cursor, *names: str) -> None:
    """Add one to each of the named landing counts."""
    # Rows are locked in one order everywhere, so that two consumers never wait for each other.
    cursor.execute(
        """
        update landing_counts set total = total + 1
        where name in (
            select name from landing_counts where name = any(%s) order by name for update
        )
        """,
        (list(names),),
    )
