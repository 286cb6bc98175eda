"""Valid rows for tests: each function fills in what its caller does not name.

All take a catalogue cursor first and return ids or types of `imagehub.vocabulary`. Give a store
to `photo` where a test reads pixels; without one no object is written.
"""

from tests.factories.drawings import drawn_jpeg
from tests.factories.label_sets import cluster, duplicate, publish_label_sets
from tests.factories.labels import label
from tests.factories.people import account, session, token
from tests.factories.releases import release, release_failure, release_request, subset
from tests.factories.reviewing import empty_review_queue, review_gold, review_question
from tests.factories.uploads import (
    Photo,
    photo,
    refused_upload,
    same_photo_again,
    set_aside_upload,
)
from tests.factories.verification import (
    checks,
    job_run,
    verdict,
    verification_version,
    verified_photo,
)

__all__ = [
    "Photo",
    "account",
    "checks",
    "cluster",
    "drawn_jpeg",
    "duplicate",
    "empty_review_queue",
    "job_run",
    "label",
    "photo",
    "publish_label_sets",
    "refused_upload",
    "release",
    "release_failure",
    "release_request",
    "review_gold",
    "review_question",
    "same_photo_again",
    "session",
    "set_aside_upload",
    "subset",
    "token",
    "verdict",
    "verification_version",
    "verified_photo",
]
