"""What the API answered to uploads: accepted, or refused before the log.

A client's key names an upload within its account alone. The upload's id is that key, unless
another account holds the key already; then it is made of account and key, so that neither account
learns of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from imagehub.catalogue.database import Cursor
from imagehub.errors import Refused
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class NewUpload:
    """An upload that asks to be accepted; digests are raw bytes."""

    client_key: UUID
    account_id: UUID
    claimed_label: str
    photo_sha256: bytes
    request_sha256: bytes
    photo_bytes: int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An upload that was accepted, now or before."""

    upload_id: UUID
    request_sha256: bytes
    accepted_at: datetime
    is_new: bool


def upload_ids(account_id: UUID, client_key: UUID) -> tuple[UUID, UUID]:
    """The ids that an account's upload of this key may have: the key, else one of its own."""
    return client_key, uuid5(account_id, client_key.hex)


def accept(cursor: Cursor, candidate: NewUpload) -> Acceptance:
    """Accept an upload once; of several at the same time one is new and the others wait for it.

    An earlier refusal under the same key is forgotten: the contributor sent a better photo.
    """
    for upload_id in upload_ids(candidate.account_id, candidate.client_key):
        accepted_at = _insert(cursor, upload_id, candidate)
        if accepted_at is not None:
            return Acceptance(upload_id, candidate.request_sha256, accepted_at, is_new=True)
        found = _find(cursor, upload_id, candidate.account_id)
        if found is not None:
            return found
    raise AssertionError("an id made of an account and its key belongs to that account")


def refuse(cursor: Cursor, account_id: UUID, client_key: UUID, refusal: Refused) -> None:
    """Note a refusal for the contributor's receipt, unless the key was accepted before."""
    for upload_id in upload_ids(account_id, client_key):
        if _insert_refusal(cursor, upload_id, account_id, client_key, refusal):
            return


def labels_named(cursor: Cursor, name: str) -> list[Label]:
    """Labels of this MID, or in use and of this name or synonym in any case: few.

    Where none has the name, those that have it but for accents.
    """
    return _named(cursor, name, exactly=True) or _named(cursor, name, exactly=False)


def _named(cursor: Cursor, name: str, exactly: bool) -> list[Label]:
    cursor.execute(
        """
        select mid, name
        from labels
        where mid = %(words)s
        union
        select mid, name
        from labels
        where merged_into is null
            and case when %(exactly)s then lower(name) = lower(%(words)s)
                else folded_name = folded(%(words)s) end
        union
        select l.mid, l.name
        from label_synonyms s
        join labels l on l.mid = s.label
        where l.merged_into is null
            and case when %(exactly)s then lower(s.name) = lower(%(words)s)
                else s.folded_name = folded(%(words)s) end
        order by mid
        limit 20
        """,
        {"words": name, "exactly": exactly},
    )
    return [Label(row.mid, row.name) for row in cursor.fetchall()]


def _insert(cursor: Cursor, upload_id: UUID, candidate: NewUpload) -> datetime | None:
    cursor.execute(
        """
        with forgotten as (
            delete from door_refusals
            where upload_id = %(upload_id)s and account_id = %(account_id)s
        )
        insert into acceptances (
            upload_id, account_id, claimed_label, photo_sha256, request_sha256, photo_bytes,
            client_key
        )
        values (
            %(upload_id)s, %(account_id)s, %(claimed_label)s, %(photo_sha256)s, %(request_sha256)s,
            %(photo_bytes)s, nullif(%(client_key)s, %(upload_id)s)::uuid
        )
        on conflict do nothing
        returning accepted_at
        """,
        {
            "upload_id": upload_id,
            "account_id": candidate.account_id,
            "claimed_label": candidate.claimed_label,
            "photo_sha256": candidate.photo_sha256,
            "request_sha256": candidate.request_sha256,
            "photo_bytes": candidate.photo_bytes,
            "client_key": candidate.client_key,
        },
    )
    row = cursor.fetchone()
    return row.accepted_at if row else None


def _find(cursor: Cursor, upload_id: UUID, account_id: UUID) -> Acceptance | None:
    cursor.execute(
        """
        select request_sha256, accepted_at
        from acceptances
        where upload_id = %s and account_id = %s
        """,
        (upload_id, account_id),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return Acceptance(upload_id, bytes(row.request_sha256), row.accepted_at, is_new=False)


def _insert_refusal(
    cursor: Cursor, upload_id: UUID, account_id: UUID, client_key: UUID, refusal: Refused
) -> bool:
    """False if the id belongs to another account."""
    cursor.execute(
        """
        with foreign_holder as materialized (
            select held_by_another(%(upload_id)s) as is_foreign
        ), noted as (
            insert into door_refusals (upload_id, account_id, client_key, code, reason)
            select %(upload_id)s, %(account_id)s, nullif(%(client_key)s, %(upload_id)s)::uuid,
                %(code)s, %(reason)s
            from foreign_holder
            where not is_foreign
                and not exists (select from acceptances where upload_id = %(upload_id)s)
            on conflict do nothing
        )
        select is_foreign
        from foreign_holder
        """,
        {
            "upload_id": upload_id,
            "account_id": account_id,
            "client_key": client_key,
            "code": refusal.code,
            "reason": refusal.sentence,
        },
    )
    return not cursor.fetchone().is_foreign
