"""Search for remains of a photo that is gone: in objects, tables and the log."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub import hub
from imagehub.catalogue.uploads import traces
from imagehub.catalogue.uploads.traces import Tombstone
from imagehub.errors import NotFound, Refused
from imagehub.settings import Settings
from imagehub.vocabulary import image_id_of


@dataclass(frozen=True, slots=True)
class Trace:
    """One place where something of a photo is left, and what."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left of a photo; `cannot_tell` names places that cannot be looked through."""

    photo_sha256: str
    tombstone: Tombstone | None
    left: tuple[Trace, ...]
    cannot_tell: tuple[str, ...]


def look_for(settings: Settings, image_or_digest: str) -> Proof:
    """Look through the whole hub for a photo, by its image's id or its digest.

    Raises NotFound for an id that stands for no photo, Refused for one that stands for several.
    """
    database, store = hub.open_catalogue(settings), hub.open_store(settings)
    with database.transaction() as cursor:
        photo = _digest(traces.digests(cursor, image_or_digest), image_or_digest)
        found = traces.tombstone(cursor, photo)
        image_id = image_id_of(photo)
        rows = traces.rows_with_image(cursor, image_id)
    left = [
        *(Trace("object", key) for key in store.keys("") if photo in key),
        *(Trace("catalogue", f"{name}: {count}") for name, count in rows.items()),
    ]
    log, letters = hub.open_log(settings), hub.open_dead_letters(settings)
    carried = {upload_log.topic: upload_log.carries(photo) for upload_log in (log, letters)}
    left += [Trace("log", topic) for topic, answer in carried.items() if answer]
    unknown = [
        f"the topic {topic}, whose messages go when its retention has passed"
        for topic, answer in carried.items()
        if answer is None
    ]
    for upload_log in (log, letters):
        upload_log.close()
    database.close()
    return Proof(photo, found, tuple(left), tuple(unknown))


def _digest(found: list[str], digest: str) -> str:
    if len(digest) == 64:
        return digest
    if not found:
        raise NotFound(f"No photo is known by {digest}. Name its digest (64 hexadecimal digits).")
    if len(found) > 1:
        raise Refused("ambiguous", f"{digest} may be {' or '.join(found)}. Name the digest.")
    return found[0]
