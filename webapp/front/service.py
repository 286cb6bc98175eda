"""The front page: totals, the largest sets, the newest photos, labels with few photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import image_lists
from imagehub.catalogue.images.image_lists import ClusterEntry, Tile
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.labels.label_queries import LabelEntry, ThinLabel
from imagehub.catalogue.operation import status
from imagehub.catalogue.operation.status import Published

SETS = 12
SET_TILES = 4
NEWEST = 16
THIN = 9


@dataclass(frozen=True, slots=True)
class SetFront:
    """A label and a few photos that show how different those sent as it are."""

    entry: LabelEntry
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The hub at one moment."""

    sets: tuple[SetFront, ...]
    published: Published
    newest: tuple[Tile, ...]
    thin: tuple[ThinLabel, ...]


def show(database: Database) -> FrontPage:
    """Count the hub's photos and pick what to show first."""
    with database.transaction() as cursor:
        return FrontPage(
            sets=tuple(_sets(cursor)),
            published=status.published(cursor),
            newest=tuple(image_lists.newest(cursor, NEWEST)),
            thin=tuple(label_queries.thin(cursor, THIN)),
        )


def various(clusters: Sequence[ClusterEntry], count: int) -> list[Tile]:
    """So many photos: each cluster's most typical one, then the next of each, and so on."""
    rounds = zip_longest(*(cluster.tiles for cluster in clusters))
    return [tile for tile in chain.from_iterable(rounds) if tile is not None][:count]


def _sets(cursor: Cursor) -> list[SetFront]:
    """The labels with most photos of their own; those without clusters yet are left out."""
    largest = label_queries.largest(cursor, SETS)
    fronts = image_lists.cluster_fronts(
        cursor, [entry.label.mid for entry in largest], SET_TILES, SET_TILES
    )
    return [
        SetFront(entry, tuple(various(fronts[entry.label.mid], SET_TILES)))
        for entry in largest
        if fronts[entry.label.mid]
    ]
