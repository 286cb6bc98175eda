"""Review: the list of what waits for a person, and the buttons of the photo page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.review_queue import Waiting
from imagehub.catalogue.reviews import Review
from imagehub.errors import Refused
from imagehub.vocabulary import Account, ReviewAnswer
from webapp import auth
from webapp.gateways import gateways
from webapp.services import reviews, status
from webapp.services.images import Place
from webapp.services.photo_page import ExplainedVerdict, PhotoPage
from webapp.services.reviews import Neighbours

PAGE = 24
WITHDRAW = "withdraw"

pages = Blueprint("review", __name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer works with on a photo's page.

    `verdict` is the claim in question, `last` the answer given just before; `neighbours` only on
    the way through the queue.
    """

    verdict: ExplainedVerdict
    last: Review | None
    neighbours: Neighbours | None


def desk(page: PhotoPage, viewer: Account | None, mid: str | None, done: str | None) -> Desk | None:
    """The reviewer's desk for the label `mid`, else for the first claim; None for all others."""
    open_claims = [one for one in page.verdicts if one.is_reviewable]
    if viewer is None or not open_claims:
        return None
    verdict = next((one for one in open_claims if one.judged.label.mid == mid), open_claims[0])
    database, judged = gateways().database, verdict.judged
    image_id, _, label = (done or "").partition(":")
    return Desk(
        verdict=verdict,
        last=reviews.own_answer(database, viewer, image_id, label) if done else None,
        neighbours=(
            reviews.neighbours(
                database, viewer, (judged.uncertainty, page.view.image.id, judged.label.mid)
            )
            if mid
            else None
        ),
    )


@pages.get("/review")
def queue() -> str:
    """What waits for a person, the least certain first."""
    place = Place(request.args.get("after"), request.args.get("before"))
    database = gateways().database
    return render_template(
        "review.html",
        waiting=reviews.queue(database, auth.asker(), place, PAGE),
        verification=status.verification(database),
    )


@pages.post("/images/<image_id>/reviews")
def answer(image_id: str) -> Response:
    """Write an answer or take it back, and go on: through the queue or back to the photo."""
    asker, database = auth.asker(), gateways().database
    mid, given = request.form.get("label", ""), request.form.get("answer", "")
    from_queue = "queue" in request.form
    if given == WITHDRAW:
        reviews.withdraw(database, asker, image_id, mid)
        return redirect(address(image_id, mid if from_queue else ""), 303)
    if given not in set(ReviewAnswer):
        raise Refused("invalid", "Answer yes, no or unsure.")
    reviews.answer(database, asker, image_id, mid, ReviewAnswer(given))
    if not from_queue:
        return redirect(address(image_id, done=f"{image_id}:{mid}"), 303)
    following = _next(asker, image_id, mid)
    if following is None:
        return redirect("/review", 303)
    return redirect(address(following.image_id, following.label.mid, f"{image_id}:{mid}"), 303)


def address(image_id: str, mid: str = "", done: str = "") -> str:
    """The photo's page, on the way through the queue where a label is named."""
    query = {name: text for name, text in (("review", mid), ("done", done)) if text}
    return f"/images/{image_id}" + (f"?{urlencode(query, safe='/:')}" if query else "")


def _next(asker: Account, image_id: str, mid: str) -> Waiting | None:
    database = gateways().database
    position = reviews.position(database, image_id, mid)
    return reviews.neighbours(database, asker, position).next
