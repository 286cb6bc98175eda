"""What one upload needs on its way, gathered by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads.attempts import Place
from imagehub.log.protocol import Received, UploadLog
from imagehub.photo import LandedPhoto
from imagehub.storage.protocol import ObjectStore
from ingestion.failpoints import Points


@dataclass(frozen=True)
class Line:
    """The doors, the decoder (bytes -> LandedPhoto, or Refused) and the points for tests.

    All parts may be used by several threads at once.
    """

    database: Database
    store: ObjectStore
    log: UploadLog
    dead_letters: UploadLog
    decode: Callable[[bytes], LandedPhoto]
    points: Points = field(default_factory=Points)

    def place(self, received: Received) -> Place:
        """Where a message of this line's log stands."""
        return Place(self.log.topic, received.position.partition, received.position.offset)
