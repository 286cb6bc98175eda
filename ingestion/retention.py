"""Prune messages of the upload log whose retention has passed."""

from __future__ import annotations

import logging
import threading

from imagehub.errors import HubError
from imagehub.log.protocol import RETENTION_DAYS, UploadLog

PAUSE_SECONDS = 3600.0

logger = logging.getLogger("ingestion")


def keep_pruned(
    log: UploadLog,
    stop: threading.Event,
    pause_seconds: float = PAUSE_SECONDS,
    retention_days: float = RETENTION_DAYS,
) -> None:
    """Prune the log now and after every pause, until `stop` is set; a failure waits for the next.

    Dead letters are another topic: they stay until a person has looked.
    """
    while True:
        try:
            removed = log.prune(retention_days)
        except HubError as error:
            logger.warning("%s Old messages stay for now.", error)
        else:
            if removed:
                logger.info("removed %d messages older than %s days", removed, retention_days)
        if stop.wait(pause_seconds):
            return
