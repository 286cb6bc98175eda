"""Counts of the whole hub."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import status
from imagehub.catalogue.operation.status import Counts, CurrentVerification


def count(database: Database) -> Counts:
    """Count everything at one moment."""
    with database.transaction() as cursor:
        return status.count(cursor)


def verification(database: Database) -> CurrentVerification | None:
    """Which version of verification counts now; for reviewers."""
    with database.transaction() as cursor:
        return status.current_verification(cursor)
