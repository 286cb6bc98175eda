"""The ZIP of a person's own data, as API and pages answer with it."""

from __future__ import annotations

from flask import Response

from imagehub.catalogue.database import Database
from imagehub.vocabulary import Account
from webapp.accounts import export


def answer(database: Database, account: Account) -> Response:
    """Send the ZIP; it is kept nowhere."""
    file = export.make(database, account)
    size_bytes = export.size_bytes(file)
    response = Response(
        export.chunks(file),
        content_type="application/zip",
        headers={
            "Content-Length": str(size_bytes),
            "Content-Disposition": f'attachment; filename="{account.name}.zip"',
            "Cache-Control": "no-store",
        },
    )
    response.call_on_close(file.close)
    return response
