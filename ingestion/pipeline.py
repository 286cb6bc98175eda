"""The resources that the steps of ingestion share, made by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads.attempts import MessageOffset
from imagehub.log.protocol import Received, UploadLog
from imagehub.photo import LandedPhoto
from imagehub.storage.protocol import ObjectStore
from ingestion.failpoints import Failpoints


@dataclass(frozen=True)
class Pipeline:
    """Catalogue, store and logs, the decoder (bytes -> LandedPhoto, or Refused), and failpoints.

    All parts may be used by several threads at once.
    """

    database: Database
    store: ObjectStore
    log: UploadLog
    dead_letters: UploadLog
    decode: Callable[[bytes], LandedPhoto]
    failpoints: Failpoints = field(default_factory=Failpoints)

    def offset_of(self, received: Received) -> MessageOffset:
        """Where a message of the pipeline's log stands."""
        return MessageOffset(self.log.topic, received.position.partition, received.position.offset)
