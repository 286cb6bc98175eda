"""Replay dead letters when an admin has asked for it on the operator's page."""

from __future__ import annotations

import logging
import threading

from imagehub.catalogue.uploads import dead_letters
from imagehub.errors import HubError
from ingestion.pipeline import Pipeline
from ingestion.replay import replay

PAUSE_SECONDS = 5.0

logger = logging.getLogger("ingestion")


def keep_answering(
    pipeline: Pipeline, stop: threading.Event, pause_seconds: float = PAUSE_SECONDS
) -> None:
    """Answer now and after every pause, until `stop` is set; a failure waits for the next."""
    while not stop.is_set():
        try:
            answer(pipeline)
        except HubError as error:
            logger.warning("%s The dead letters wait.", error)
        stop.wait(pause_seconds)


def answer(pipeline: Pipeline) -> None:
    """Replay once, if anybody asked, and say so to all who did.

    After a crash in between some are tried twice: an upload lands only once.
    """
    with pipeline.database.transaction() as cursor:
        requests = dead_letters.open_replays(cursor)
    if not requests:
        return
    count = replay(pipeline.database, pipeline.log, pipeline.dead_letters)
    logger.info("put %d dead letters into the upload log again", count)
    with pipeline.database.transaction() as cursor:
        for request_id in requests:
            dead_letters.answer_replay(cursor, request_id, count)
