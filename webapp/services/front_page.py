"""What the front page says: what is here, what came last, what is thin."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue import browse, labels_read, published
from imagehub.catalogue.browse import Tile
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels_read import ThinLabel
from imagehub.catalogue.published import Published

NEWEST = 24
THIN = 9


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The hub at one moment."""

    published: Published
    newest: tuple[Tile, ...]
    thin: tuple[ThinLabel, ...]


def show(database: Database) -> FrontPage:
    """Count what is here and pick what to show first."""
    with database.transaction() as cursor:
        return FrontPage(
            published=published.newest(cursor),
            newest=tuple(browse.newest(cursor, NEWEST)),
            thin=tuple(labels_read.thin(cursor, THIN)),
        )
