"""What the front page says: what is here, what came last, what is thin."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue import browse, labels_read, status
from imagehub.catalogue.browse import Tile
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels_read import ThinLabel
from imagehub.catalogue.status import Counts

NEWEST = 24
THIN = 9


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The hub at one moment."""

    counts: Counts
    newest: tuple[Tile, ...]
    thin: tuple[ThinLabel, ...]


def show(database: Database) -> FrontPage:
    """Count what is here and pick what to show first."""
    with database.transaction() as cursor:
        return FrontPage(
            counts=status.count(cursor),
            newest=tuple(browse.newest(cursor, NEWEST)),
            thin=tuple(labels_read.thin(cursor, THIN)),
        )
