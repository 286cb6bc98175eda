"""Search for remains of a photo that is gone: in objects, tables, the log and releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagehub import hub, manifest
from imagehub.catalogue.uploads import traces
from imagehub.catalogue.uploads.traces import Tombstone
from imagehub.errors import NotFound, Refused
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
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
        releases = traces.releases(cursor)
    left = [
        *(Trace("object", key) for key in store.keys("") if photo in key),
        *(Trace("catalogue", f"{name}: {count}") for name, count in rows.items()),
    ]
    unknown = []
    for release in releases:
        try:
            left += _in_release(store, release, image_id)
        except (NotFound, Refused) as error:
            unknown.append(f"the release {release}, whose manifest cannot be read ({error})")
    log, letters = hub.open_log(settings), hub.open_dead_letters(settings)
    carried = {upload_log.topic: upload_log.carries(photo) for upload_log in (log, letters)}
    left += [Trace("log", topic) for topic, answer in carried.items() if answer]
    unknown += [
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


def _in_release(store: ObjectStore, release_id: str, image_id: str) -> Iterator[Trace]:
    """Where the release's shards hold other bytes than zeros in the photo's place."""
    for file in manifest.read(store.get(keys.release_manifest(release_id))).files:
        if file.image_id == image_id:
            shard = keys.release_shard(release_id, file.shard)
            if any(b"".join(store.stream(shard, file.start, file.bytes))):
                yield Trace("release", f"{file.path} in {shard}")
