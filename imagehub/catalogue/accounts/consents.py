"""Who accepted the terms and the licence: which version, when, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from imagehub.catalogue.database import Cursor

TERMS_VERSION = 1
"""The version in force. Its words are `webapp/templates/parts/terms.html`."""


class GivenBy(StrEnum):
    """Where a person gave consent."""

    PAGE = "page"
    APP = "app"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's consent to one version of the terms."""

    terms_version: int
    given_at: datetime
    given_by: GivenBy


def give(cursor: Cursor, account_id: UUID, version: int, given_by: GivenBy) -> None:
    """Note a consent; one that was given before stays as it was."""
    cursor.execute(
        """
        insert into consents (account_id, terms_version, given_by)
        values (%s, %s, %s)
        on conflict do nothing
        """,
        (account_id, version, str(given_by)),
    )


def latest(cursor: Cursor, account_id: UUID) -> Consent | None:
    """The account's consent to the newest version that it accepted."""
    cursor.execute(
        """
        select terms_version, given_at, given_by
        from consents
        where account_id = %s
        order by terms_version desc
        limit 1
        """,
        (account_id,),
    )
    row = cursor.fetchone()
    return Consent(row.terms_version, row.given_at, GivenBy(row.given_by)) if row else None
