"""Releases as people read them: asked for, ready or failed; and who downloads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.releases.subsets import rules_from_json
from imagehub.subsets import SubsetRules


@dataclass(frozen=True, slots=True)
class FrozenRelease:
    """What a finished release holds; digest, signature and key are raw bytes."""

    label_set_version: int
    files: int
    total_bytes: int
    labels: int
    manifest_sha256: bytes
    signature: bytes
    public_key: bytes
    summary: Any
    published_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A numbered freeze of a subset; `frozen` once it is ready, `reason` if it failed."""

    id: str
    subset: str
    number: int
    rules: SubsetRules
    requested_at: datetime
    reason: str | None
    frozen: FrozenRelease | None

    @property
    def state(self) -> Literal["requested", "ready", "failed"]:
        """Where the release stands."""
        if self.frozen:
            return "ready"
        return "failed" if self.reason is not None else "requested"


def find(cursor: Cursor, release_id: str) -> ReleaseEntry | None:
    """The release with this id."""
    cursor.execute("select * from release_entries where id = %s", (release_id,))
    row = cursor.fetchone()
    return _release(row) if row else None


def newest(cursor: Cursor, before: tuple[datetime, str] | None, limit: int) -> list[ReleaseEntry]:
    """Releases, those asked for last first, from behind `before` (when asked, id) on."""
    cursor.execute(
        """
        select *
        from release_entries
        where %(id)s is null or (requested_at, id) < (%(at)s::timestamptz, %(id)s)
        order by requested_at desc, id desc
        limit %(limit)s
        """,
        {
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [_release(row) for row in cursor.fetchall()]


def of_subset(cursor: Cursor, subset: str) -> list[ReleaseEntry]:
    """All releases of a subset, newest first."""
    cursor.execute(
        "select * from release_entries where subset = %s order by number desc", (subset,)
    )
    return [_release(row) for row in cursor.fetchall()]


def _release(row: Any) -> ReleaseEntry:
    frozen = None
    if row.published_at is not None:
        frozen = FrozenRelease(
            label_set_version=row.label_set_version,
            files=row.files,
            total_bytes=row.total_bytes,
            labels=row.labels,
            manifest_sha256=bytes(row.manifest_sha256),
            signature=bytes(row.signature),
            public_key=bytes(row.public_key),
            summary=row.summary,
            published_at=row.published_at,
        )
    return ReleaseEntry(
        id=row.id,
        subset=row.subset,
        number=row.number,
        rules=rules_from_json(row.rules),
        requested_at=row.requested_at,
        reason=row.reason,
        frozen=frozen,
    )


def note_download(cursor: Cursor, release_id: str, account_id: UUID) -> None:
    """Remember that an account downloads a release."""
    cursor.execute(
        """
        insert into release_downloads (release_id, account_id)
        values (%s, %s)
        on conflict (release_id, account_id) do update
        set last_at = now()
        """,
        (release_id, account_id),
    )


def downloaders(cursor: Cursor, release_id: str) -> list[UUID]:
    """The accounts that downloaded a release."""
    cursor.execute(
        "select account_id from release_downloads where release_id = %s order by first_at",
        (release_id,),
    )
    return [row.account_id for row in cursor.fetchall()]


def revision(cursor: Cursor, subset: str, name: str) -> ReleaseEntry | None:
    """A finished release of a subset: `v3`, `main` for the newest, or how its digest begins."""
    cursor.execute(
        """
        select *
        from release_entries
        where subset = %(subset)s and published_at is not null
            and (%(name)s in ('main', 'v' || number)
                or starts_with(encode(manifest_sha256, 'hex'), %(commit)s))
        order by number desc
        limit 1
        """,
        {"subset": subset, "name": name, "commit": name if len(name) == 40 else None},
    )
    row = cursor.fetchone()
    return _release(row) if row else None
