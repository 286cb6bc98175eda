"""Read objects and say whether they are what they must be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from imagehub.catalogue.operation.scrubs import Damage
from imagehub.errors import Damaged, NotFound, Refused
from imagehub.photo import read_view
from imagehub.storage.protocol import ObjectStore


@dataclass
class Meter:
    """Counts the bytes that were read of the object store."""

    store: ObjectStore
    read_bytes: int = 0

    def read(self, key: str) -> bytes:
        """The whole object; raise NotFound if it is gone, Damaged if the store says that it is."""
        data = self.store.get(key)
        self.read_bytes += len(data)
        return data


def damage_of(meter: Meter, key: str, sha256: str) -> Damage | None:
    """What is wrong with the object; None if it is right."""
    try:
        data = meter.read(key)
    except Damaged:
        return Damage.ROTTEN
    except NotFound:
        return Damage.GONE
    return None if hashlib.sha256(data).hexdigest() == sha256 else Damage.ROTTEN


def first_digest(meter: Meter, key: str) -> tuple[Damage | None, str | None]:
    """Look at a derivative of unknown digest: if it reads, it is right and this is its digest."""
    try:
        data = meter.read(key)
        read_view(data)
    except (Damaged, Refused):
        return Damage.ROTTEN, None
    except NotFound:
        return Damage.GONE, None
    return None, hashlib.sha256(data).hexdigest()
