"""Does a part answer? Each question raises Unavailable where it does not."""

from __future__ import annotations

import logging
from functools import cache

from imagehub.catalogue import web_login
from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import status
from imagehub.log.protocol import UploadLog
from imagehub.storage.protocol import ObjectStore

PROBE_GROUP = "readiness"
PROBE_PREFIX = "orig/00/00"
log = logging.getLogger(__name__)


def ask_catalogue(database: Database) -> None:
    """Run the smallest query; say once in the log if this process could do more than it should."""
    with database.transaction() as cursor:
        status.ping(cursor)
        if web_login.owns_tables(cursor):
            _tell_of_ownership()


def ask_log(log: UploadLog) -> None:
    """Ask for the lag of a group without members."""
    log.lag(PROBE_GROUP)


def ask_store(store: ObjectStore) -> None:
    """List a prefix under which there is next to nothing."""
    next(iter(store.keys(PROBE_PREFIX)), None)


@cache
def _tell_of_ownership() -> None:
    log.warning(
        "This web process logs in to Postgres as the owner of the tables. Give it a login of its"
        " own: see IMAGEHUB_WEB_CATALOGUE_URL in the README."
    )
