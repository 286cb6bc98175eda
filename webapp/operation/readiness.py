"""Does a part answer? Each question raises Unavailable where it does not."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import status
from imagehub.log.protocol import UploadLog
from imagehub.storage.protocol import ObjectStore

PROBE_GROUP = "readiness"
PROBE_PREFIX = "orig/00/00"


def ask_catalogue(database: Database) -> None:
    """Run the smallest query."""
    with database.transaction() as cursor:
        status.ping(cursor)


def ask_log(log: UploadLog) -> None:
    """Ask for the lag of a group without members."""
    log.lag(PROBE_GROUP)


def ask_store(store: ObjectStore) -> None:
    """List a prefix under which there is next to nothing."""
    next(iter(store.keys(PROBE_PREFIX)), None)
