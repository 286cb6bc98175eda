"""The four objects of one image: compare with the catalogue, mend derivatives, note the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imagehub import logs
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.images import derivative_rows
from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.operation.scrubs import Damage, ImageDigests
from imagehub.catalogue.uploads import landings, tombstones
from imagehub.errors import Refused
from imagehub.photo import Derivative, LandedPhoto
from imagehub.storage import keys
from spark_jobs.runs import JobContext
from spark_jobs.scrub.reading import Meter, damage_of, first_digest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PhotoObject:
    """An object of a photo: what it is, its key, and its digest; None where none was noted yet."""

    kind: str
    key: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class ScrubbedImage:
    """What came of one image: objects that were made anew, and those that are damaged."""

    mended: int = 0
    damaged: int = 0


def scrub_image(
    context: JobContext, meter: Meter, decode: Callable[[bytes], LandedPhoto], image: ImageDigests
) -> ScrubbedImage:
    """Read the objects; where one is wrong, look again while nobody can remove the photo."""
    objects = _objects(image)
    if all(one.sha256 and damage_of(meter, one.key, one.sha256) is None for one in objects):
        with context.database.transaction() as cursor:
            if scrubs.of_image(cursor, image.id):  # it was put back
                scrubs.note(cursor, {one.key: None for one in objects}, image_id=image.id)
        return ScrubbedImage()
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        tombstones.lock(cursor, image.photo_sha256)
        if landings.find_image(cursor, image.photo_sha256) is None:
            return ScrubbedImage()
        found = {one.key: _look(cursor, meter, image, one) for one in objects}
        landed = _decoded(meter, decode, image, found)
        mended = [one.key for one in objects if landed and found[one.key]]
        for one in objects:
            if landed and found[one.key]:
                _replace(context, cursor, image, one, getattr(landed, one.kind))
        found |= dict.fromkeys(mended)
        scrubs.note(cursor, found, image_id=image.id)
    _tell(image, mended, found)
    return ScrubbedImage(len(mended), sum(damage is not None for damage in found.values()))


def _objects(image: ImageDigests) -> list[PhotoObject]:
    photo = image.photo_sha256
    return [
        PhotoObject("original", keys.original(photo), photo),
        PhotoObject("full", keys.full(photo), image.full_sha256),
        PhotoObject("view", keys.view(photo), image.view_sha256),
        PhotoObject("thumb", keys.thumb(photo), image.thumb_sha256),
    ]


def _look(cursor: Cursor, meter: Meter, image: ImageDigests, one: PhotoObject) -> Damage | None:
    if one.sha256 is not None:
        return damage_of(meter, one.key, one.sha256)
    damage, first = first_digest(meter, one.key)
    if first is not None:
        derivative_rows.set_digest(cursor, image.id, one.kind, first)
    return damage


def _decoded(
    meter: Meter,
    decode: Callable[[bytes], LandedPhoto],
    image: ImageDigests,
    found: Mapping[str, Damage | None],
) -> LandedPhoto | None:
    """What the photo becomes, where a derivative is damaged and the original is not."""
    original = keys.original(image.photo_sha256)
    if found[original] or not any(found.values()):
        return None
    try:
        return decode(meter.read(original))
    except Refused as refused:
        log.error("the photo can no longer be decoded: %s", refused, extra=_about(image))
        return None


def _replace(
    context: JobContext, cursor: Cursor, image: ImageDigests, one: PhotoObject, made: Derivative
) -> None:
    context.store.replace(one.key, made.data)
    if made.sha256 == one.sha256:
        return
    if one.kind == "full":  # another version of the encoder made the first one
        derivative_rows.set_full(cursor, image.id, made)
    else:
        derivative_rows.set_digest(cursor, image.id, one.kind, made.sha256)


def _tell(image: ImageDigests, mended: list[str], found: Mapping[str, Damage | None]) -> None:
    for key in mended:
        log.warning("%s was damaged and is made anew", key, extra=_about(image))
    for key, damage in found.items():
        if damage:
            log.error("%s is %s", key, damage, extra=_about(image))


def _about(image: ImageDigests) -> Mapping[str, object]:
    return logs.about(image=image.id)
