"""A few photos of a release, from all over its manifest, without reading all of it."""

from __future__ import annotations

import json
import re

from imagehub.catalogue.database import Database
from imagehub.catalogue.images import image_lists
from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.releases.release_queries import ReleaseEntry
from imagehub.errors import NotFound
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore

SAMPLES = 16
LINE_BYTES = 4096
"""More than two lines of a manifest; a line is some 600 bytes."""
IMAGE_ID = re.compile(r"[0-9a-f]{16}")


def pick(database: Database, store: ObjectStore, release: ReleaseEntry) -> list[Tile]:
    """Images of a ready release that are public still, spread over its files' order."""
    if release.frozen is None:
        return []
    key = keys.release_manifest(release.id)
    start = _read(store, key, 0)
    head, _, rest = start.partition(b"\n")
    lines = rest.split(b"\n")[:-1]
    if not lines:
        return []
    line_bytes = sum(len(line) + 1 for line in lines) / len(lines)
    step_bytes = line_bytes * release.frozen.files / SAMPLES
    ids = [_image_id(lines[0])]
    for number in range(1, SAMPLES):
        behind = _read(store, key, int(len(head) + number * step_bytes)).split(b"\n")
        ids += [_image_id(line) for line in behind[1:2]]
    image_ids = dict.fromkeys(image_id for image_id in ids if image_id)
    with database.transaction() as cursor:
        return image_lists.tiles(cursor, list(image_ids))


def _read(store: ObjectStore, key: str, start: int) -> bytes:
    try:
        return b"".join(store.stream(key, start, LINE_BYTES))
    except NotFound:
        return b""


def _image_id(line: bytes) -> str | None:
    try:
        found = json.loads(line)["image_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) and IMAGE_ID.fullmatch(found) else None
