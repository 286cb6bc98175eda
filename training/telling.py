"""What the trainer tells people on the page Notices: how runs ended, and of withdrawn photos."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.training import model_queries, training_queries


def run_ended(cursor: Cursor, run_id: str) -> None:
    """Tell who asked for a run that it is done or has failed; who cancelled it knows."""
    run = training_queries.find(cursor, UUID(run_id))
    if run is None or run.account_id is None:
        return
    release, once = run.release_id, f"training run {run_id} ended"
    if run.state == "done":
        words = f"Your training run on {release} is done: here is its model."
        notices.tell(
            cursor, run.account_id, News("training.done", words, f"/models/{run_id}", once)
        )
    if run.state == "failed":
        words = f"Your training run on {release} has failed. {run.reason}"
        link = f"/training-runs/{run_id}"
        notices.tell(cursor, run.account_id, News("training.failed", words, link, once))


def photos_withdrawn(cursor: Cursor, release_id: str) -> None:
    """Tell whose models have learned from photos that are gone; once a day, however many go."""
    for model_id, account_id in model_queries.owners(cursor, release_id):
        photos = model_queries.withdrawn_photos(cursor, model_id)
        if photos:
            photos_were = "1 photo was" if photos == 1 else f"{photos:,} photos were"
            words = (
                f"Of what your model of {release_id} was trained on, {photos_were} withdrawn since."
                " Train again, and replace the model where it is in use."
            )
            once = f"withdrawn of model {model_id} {datetime.now(UTC):%Y-%m-%d}"
            news = News("model.withdrawn", words, f"/models/{model_id}", once)
            notices.tell(cursor, account_id, news)
