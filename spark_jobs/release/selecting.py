"""Read from the catalogue what a wanted release is to hold."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.releases import releases
from imagehub.catalogue.releases.releases import ReleaseRequest
from imagehub.errors import Refused
from spark_jobs.release.selection.choose import ChosenImage, choose
from spark_jobs.release.selection.contents import Selection


def select(database: Database, request: ReleaseRequest) -> Selection:
    """Select by the label sets as they stood when the release was asked for.

    So a run that begins anew after it was killed selects the same. Raises Refused where there is
    nothing to release.
    """
    with database.transaction() as cursor:
        version = releases.version_at(cursor, request.requested_at)
        if version is None:
            raise Refused(
                "nothing_published",
                "No label set was published yet when this release was asked for. Ask again once"
                " photos are verified.",
            )
        choices = _choose(cursor, version, request)
        if not choices:
            raise Refused(
                "empty_selection",
                "The subset selects no image: its labels have none that is verified, large enough"
                " and no copy of another. Choose more labels or lower the limits, and ask again.",
            )
        mids = {choice.label for choice in choices} | set(request.rules.labels)
        mids |= {mid for choice in choices for mid, _ in choice.labels}
        photos = releases.photos(cursor, [choice.image_id for choice in choices])
        return Selection(
            release=request.release_id,
            created_at=request.requested_at,
            label_set_version=version,
            rules=request.rules_as_written,
            choices=choices,
            labels={label.mid: label for label in releases.labels(cursor, sorted(mids))},
            photos={photo.image_id: photo for photo in photos},
        )


def _choose(cursor: Cursor, version: int, request: ReleaseRequest) -> list[ChosenImage]:
    offers = releases.find(cursor, version, request.rules)
    history = releases.past_splits(cursor, request)
    return choose(offers, request.rules, history)
