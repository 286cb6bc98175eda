"""The only poll loop: take a few messages, decode them in parallel, write them in order, commit.

An attempt is counted before a message is decoded, and cleared once the message is settled. If an
attempt is left over, the message killed its process or was in the same batch as one that did: from
then on it is processed alone, and at the third death it is set aside undecoded.
"""

from __future__ import annotations

import itertools
import logging
import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from imagehub.backoff import backoff_seconds
from imagehub.catalogue.uploads import attempts
from imagehub.catalogue.uploads.attempts import MessageOffset
from imagehub.errors import HubError, Unavailable
from imagehub.log.protocol import LogConsumer, Position, Received
from ingestion.dead_letters import check_flow
from ingestion.ingest import prepare, settle
from ingestion.outcome import Outcome, SetAside
from ingestion.pipeline import Pipeline

GROUP = "ingestion"
MAX_DEATHS = 3
BATCH_MESSAGES = 8
POLL_SECONDS = 0.5
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0

_KILLER = SetAside(
    "killed_its_process",
    f"{MAX_DEATHS} processes died while they worked on this message; it was not decoded.",
)

logger = logging.getLogger("ingestion")


class Consumer:
    """Lands the messages of a pipeline until it gets a signal to stop.

    `workers` photos are worked on at once, of at most `batch_messages` taken together.
    """

    def __init__(
        self, pipeline: Pipeline, workers: int, batch_messages: int = BATCH_MESSAGES
    ) -> None:
        self._pipeline = pipeline
        self._workers = workers
        self._batch_messages = batch_messages
        self._open_attempts: list[MessageOffset] = []

    def run(self, stop: threading.Event, until_empty: bool = False) -> None:
        """Work until `stop` is set, or until no message waits.

        Waits and tries again, for ever, while a part is down. Raises Flooded when dead letters
        stop the pipeline, Misconfigured when a person must change something.
        """
        failures = 0
        with ThreadPoolExecutor(self._workers, thread_name_prefix="landing") as pool:
            while not stop.is_set():
                try:
                    for _ in self._serve(pool, stop):
                        failures = 0
                        if until_empty and self._pipeline.log.lag(GROUP) == 0:
                            return
                except Unavailable as error:
                    failures += 1
                    wait_seconds = _wait_seconds(failures)
                    logger.warning("%s Trying again in %.1f s.", error, wait_seconds)
                    stop.wait(wait_seconds)
                except HubError:
                    with suppress(Unavailable):
                        self._take_back()
                    raise

    def _serve(self, pool: ThreadPoolExecutor, stop: threading.Event) -> Iterator[None]:
        """Take and handle messages as one member of the group; yield after each batch.

        A failure ends the membership, so that the next one begins at the committed offset.
        """
        self._take_back()
        check_flow(self._pipeline)
        consumer = self._pipeline.log.consumer(GROUP)
        try:
            while not stop.is_set():
                self._handle(pool, consumer, consumer.poll(self._batch_messages, POLL_SECONDS))
                yield
        finally:
            with suppress(Unavailable):
                consumer.close()

    def _handle(
        self, pool: ThreadPoolExecutor, consumer: LogConsumer, batch: Sequence[Received]
    ) -> None:
        for _ in batch:
            self._pipeline.failpoints.reached("after_take")
        deaths = self._deaths(batch)
        for group in _groups(batch, deaths):
            for received, outcome in self._land(pool, group, deaths):
                settle(self._pipeline, received, outcome)
            self._open_attempts = []
            self._pipeline.failpoints.reached("before_offset")
            consumer.commit([received.position for received in group])

    def _deaths(self, batch: Sequence[Received]) -> dict[Position, int]:
        """How many processes died while they processed each message, where any did."""
        if not batch:
            return {}
        offsets = {self._pipeline.offset_of(received): received.position for received in batch}
        with self._pipeline.database.transaction() as cursor:
            found = attempts.find(cursor, list(offsets))
        return {offsets[offset]: count for offset, count in found.items() if count > 0}

    def _land(
        self, pool: ThreadPoolExecutor, group: Sequence[Received], deaths: dict[Position, int]
    ) -> Iterable[tuple[Received, Outcome]]:
        """Prepare a group of messages at once; give them back in order, each when it is ready."""
        first = group[0]
        if deaths.get(first.position, 0) >= MAX_DEATHS:
            return [(first, _KILLER)]
        offsets = [self._pipeline.offset_of(received) for received in group]
        with self._pipeline.database.transaction() as cursor:
            attempts.add(cursor, offsets)
        self._open_attempts = offsets
        return zip(group, pool.map(partial(prepare, self._pipeline), group), strict=True)

    def _take_back(self) -> None:
        """Attempts that ended because a part was down are no deaths."""
        if self._open_attempts:
            with self._pipeline.database.transaction() as cursor:
                attempts.take_back(cursor, self._open_attempts)
        self._open_attempts = []


def _groups(batch: Sequence[Received], deaths: dict[Position, int]) -> Iterator[Sequence[Received]]:
    """Cut the batch, in order: fresh messages together, each that was part of a death alone."""
    for is_fresh, run in itertools.groupby(batch, lambda taken: taken.position not in deaths):
        if is_fresh:
            yield list(run)
        else:
            yield from ([received] for received in run)


def _wait_seconds(failures: int) -> float:
    longest = backoff_seconds(failures, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 spreads retries, keeps no secret
