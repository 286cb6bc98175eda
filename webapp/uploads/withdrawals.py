"""A contributor withdraws an upload: it is hidden at once, and a job removes it."""

from __future__ import annotations

from imagehub.catalogue.accounts import audit_events
from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads import acceptances, withdrawals
from imagehub.errors import NotFound
from imagehub.vocabulary import Account
from webapp.uploads import receipts
from webapp.uploads.receipts import ReceiptView


def withdraw(database: Database, account: Account, upload_id: str) -> ReceiptView:
    """Take back an upload of the asker's own, and give its receipt; raise NotFound for any other.

    From the commit on its photo is hidden from everybody, unless others sent it too. Taking back
    what was taken back changes nothing.
    """
    upload_uuid = receipts.parse_id(upload_id)
    with database.transaction() as cursor:
        ids = acceptances.upload_ids(account.id, upload_uuid)
        before = withdrawals.endings(cursor, ids)
        found = withdrawals.ask(cursor, account.id, ids)
        if found is None:
            raise NotFound(f"There is no upload {upload_id}.")
        if found not in before:
            audit_events.write(cursor, "photo withdrawn", account.id, account.id, f"upload {found}")
    return receipts.show(database, account, upload_id)
