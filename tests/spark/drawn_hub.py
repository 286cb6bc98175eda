"""A hub of drawings: photos that a network made in code tells apart, and what was said of them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from imagehub.catalogue.database import Database
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Account, Label
from tests.factories.labels import label
from tests.factories.people import account
from tests.factories.uploads import Photo, photo

SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, tuple[int, int, int, int]], Any]] = {
    "Circle": lambda pen, box: pen.ellipse(box, (220, 40, 30)),
    "Square": lambda pen, box: pen.rectangle(box, (30, 70, 210)),
    "Grid": lambda pen, box: [
        pen.line((x, box[1], x, box[3]), (20, 20, 20), 5) for x in range(box[0], box[2], 14)
    ],
}
PER_SHAPE = 12
SIZE = (320, 240)


def drawn_photos(database: Database, store: FolderStore) -> dict[str, list[Photo]]:
    """PER_SHAPE photos of each shape, and a grid that is claimed to be a circle (`wrong`)."""
    photos: dict[str, list[Photo]] = {}
    for name in SHAPES:
        with database.transaction() as cursor:
            claimed = label(cursor, name)
        photos[name] = add_photos(database, store, claimed, name, range(PER_SHAPE))
    photos["wrong"] = add_photos(database, store, photos["Circle"][0].label, "Grid", [100])
    return photos


def add_photos(
    database: Database,
    store: FolderStore,
    claimed: Label,
    shape: str,
    seeds: range | list[int],
    owner: Account | None = None,
) -> list[Photo]:
    """Photos of one shape, all by `owner`, or each by a contributor of its own."""
    with database.transaction() as cursor:
        return [
            photo(
                cursor,
                claimed,
                owner=owner or account(cursor),
                store=store,
                size=SIZE,
                jpeg=draw(shape, seed),
            )
            for seed in seeds
        ]


def draw(name: str, seed: int) -> bytes:
    """A JPEG of one shape somewhere on a pale ground."""
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, tuple(int(c) for c in dice.integers(200, 230, 3)))
    left, top, side = (int(dice.integers(*ends)) for ends in ((10, 110), (5, 75), (110, 170)))
    SHAPES[name](ImageDraw.Draw(picture), (left, top, left + side + 20, top + side))
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def verdicts(database: Database) -> dict[tuple[str, str], Any]:
    """Rows of the current version's verdicts by (image id, label), with `xmin`: who wrote them."""
    with database.transaction() as cursor:
        cursor.execute(
            "select v.*, v.xmin::text as written_by from verdicts v"
            " join verification_versions w using (version)"
            " where w.is_current order by image_id, label"
        )
        return {(row.image_id, row.label): row for row in cursor}


def told(database: Database) -> dict[tuple[str, str], Any]:
    """What verdicts say, without when and by which run."""
    return {
        key: (row.outcome, row.probability, row.reasons, row.evidence, row.crowd_size)
        for key, row in verdicts(database).items()
    }


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows that verification writes."""
    tables = {
        "verification_versions": "*",
        "image_checks": "*",
        "verdicts": "*",
        "crowd_claims": "*",
        "crowd_labels": "*",
        "contributor_records": "*",
        "crowd_models": "version, taken_to, photos, gram, revision, fit, rounds_left",
    }
    found = {}
    with database.transaction() as cursor:
        for table, columns in tables.items():
            cursor.execute(f"select {columns} from {table} order by 1, 2, 3")
            found[table] = [
                tuple(bytes(f) if isinstance(f, memoryview) else f for f in row) for row in cursor
            ]
    return found
