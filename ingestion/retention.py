"""Prune the upload log, and warn of messages that it removes before they have landed."""

from __future__ import annotations

import logging
import threading

from imagehub.errors import HubError
from imagehub.log.protocol import RETENTION_DAYS, UnhandledLoss, UploadLog
from ingestion.consumer import GROUP

PAUSE_SECONDS = 3600.0

logger = logging.getLogger("ingestion")


def keep_pruned(
    log: UploadLog,
    stop: threading.Event,
    pause_seconds: float = PAUSE_SECONDS,
    retention_days: float = RETENTION_DAYS,
) -> None:
    """Prune the log and warn of what it may lose, now and after every pause, until `stop` is set.

    A failure waits for the next time. Dead letters are another topic: they stay until a person has
    looked.
    """
    while True:
        try:
            removed = log.prune(retention_days)
            if removed:
                logger.info("removed %d messages older than %s days", removed, retention_days)
            _warn(log.unhandled_loss(GROUP))
        except HubError as error:
            logger.warning("%s Old messages stay for now.", error)
        if stop.wait(pause_seconds):
            return


def _warn(loss: UnhandledLoss) -> None:
    if loss.at_risk:
        logger.error(
            "%d uploads wait in the log that Kafka removes soon: make its retention longer, then"
            " see why they do not land.",
            loss.at_risk,
        )
    if loss.removed:
        logger.error("Kafka has removed %d uploads that had not landed.", loss.removed)
