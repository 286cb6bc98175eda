"""What a person was told, and what of it is new."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import Notice
from imagehub.vocabulary import Account
from webapp.http.cursors import Page, decode, page_after

NEWEST = 2**62
MOST_COUNTED = 100


def listed(database: Database, account: Account, after: str | None, limit: int) -> Page[Notice]:
    """A page of what the account was told, the newest first."""
    before = decode(after, int)[0] if after else NEWEST
    with database.transaction() as cursor:
        found = notices.of_account(cursor, account.id, min(before, NEWEST), limit + 1)
    return page_after(found, limit, lambda notice: (notice.id,), is_first=True)


def unread(database: Database, account: Account) -> int:
    """How many notices are new, counted up to `MOST_COUNTED`."""
    with database.acting_for(account.id).transaction() as cursor:
        return notices.count_unread(cursor, account.id, MOST_COUNTED)


def mark_read(database: Database, account: Account, up_to: int) -> None:
    """Note that the account has read its notices up to one."""
    with database.transaction() as cursor:
        notices.mark_read(cursor, account.id, min(up_to, NEWEST))
