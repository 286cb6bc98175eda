"""Collect from catalogue, object store and dead letters what the history checker needs."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import audit
from imagehub.catalogue.operation.recount import recount
from imagehub.errors import NotFound, Unavailable
from imagehub.hub import open_catalogue, open_dead_letters, open_store
from imagehub.log.protocol import UploadLog
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from ingestion.simulation.history_checker import HubFacts, ImageFact

READERS = 4
POLL_MESSAGES = 100
POLL_SECONDS = 1.0
MOST_SILENT_SECONDS = 60.0
"""A member joins its group in Kafka within seconds; a crowded machine needs more."""


@dataclass(frozen=True)
class FactSources:
    """Where the facts are."""

    database: Database
    store: ObjectStore
    dead_letters: UploadLog

    @classmethod
    def of(cls, settings: Settings) -> FactSources:
        """The resources that the settings name."""
        return cls(open_catalogue(settings), open_store(settings), open_dead_letters(settings))


def collect(sources: FactSources) -> HubFacts:
    """Read every row and every object; takes seconds for thousands of images."""
    with sources.database.transaction() as cursor:
        uploads = tuple(audit.settled_uploads(cursor))
        images = audit.stored_images(cursor)
    tallies = recount(sources.database)
    with ThreadPoolExecutor(READERS) as pool:
        facts = pool.map(lambda image: _inspect(sources.store, image), images)
        by_id = {image.id: fact for image, fact in zip(images, facts, strict=True)}
    return HubFacts(
        uploads=uploads,
        images=by_id,
        counters={tally.name: tally.kept for tally in tallies},
        recount={tally.name: tally.recounted for tally in tallies},
        dead_letters=frozenset(_keys(sources.dead_letters)),
    )


def _inspect(store: ObjectStore, image: audit.StoredImage) -> ImageFact:
    digest = image.photo_sha256
    expected = {
        keys.original(digest): digest,
        keys.full(digest): image.full_sha256,
        keys.view(digest): None,
        keys.thumb(digest): None,
    }
    lacks = [key for key, sha256 in expected.items() if not _holds(store, key, sha256)]
    return ImageFact(digest, tuple(lacks))


def _holds(store: ObjectStore, key: str, sha256: str | None) -> bool:
    try:
        data = store.get(key)
    except NotFound:
        return False
    return sha256 is None or hashlib.sha256(data).hexdigest() == sha256


def _keys(dead_letters: UploadLog) -> Iterator[str]:
    """Read the topic from its beginning, in a group of this reading alone that commits nothing.

    So no member of an earlier reading, which Kafka may still wait for, stands in the way, and no
    committed offset keeps old messages from being pruned.
    """
    group = f"history-checker-{uuid.uuid4()}"
    left = dead_letters.lag(group)
    consumer = dead_letters.consumer(group)
    heard_at = time.monotonic()
    try:
        while left > 0:
            received = consumer.poll(POLL_MESSAGES, POLL_SECONDS)
            if received:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > MOST_SILENT_SECONDS:
                raise Unavailable(
                    f"{left} dead letters could not be read in {MOST_SILENT_SECONDS:.0f} s:"
                    " check that the log answers, then run this again."
                )
            left -= len(received)
            yield from (record.message.key for record in received)
    finally:
        consumer.close()
