"""Review: the desk, where one question follows another, and the buttons of a photo's own page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from imagehub.catalogue.operation import status
from imagehub.catalogue.reviews import reviews as catalogue_reviews
from imagehub.catalogue.reviews.review_questions import Question
from imagehub.catalogue.reviews.reviews import Review
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Account, ReviewAnswer
from webapp.http import auth, sessions
from webapp.http.resources import resources
from webapp.images import permissions
from webapp.images import service as images
from webapp.images.photo_page import ExplainedVerdict, PhotoPage
from webapp.reviews import desk as review_desk
from webapp.reviews import service as reviews
from webapp.reviews.desk import QUESTIONS_A_DAY

WITHDRAW = "withdraw"

pages = Blueprint("review", __name__)


@dataclass(frozen=True, slots=True)
class ReviewButtons:
    """A reviewer's buttons on a photo's page: the claim in question, and an answer just given."""

    verdict: ExplainedVerdict
    last: Review | None


def desk(
    page: PhotoPage, viewer: Account | None, mid: str | None, done: str | None
) -> ReviewButtons | None:
    """The reviewer's buttons for the label `mid`, else for the first claim; None for others."""
    open_claims = [verdict for verdict in page.verdicts if verdict.is_reviewable]
    if viewer is None or not open_claims:
        return None
    verdict = next(
        (verdict for verdict in open_claims if verdict.judged.label.mid == mid), open_claims[0]
    )
    image_id, _, label = (done or "").partition(":")
    last = reviews.own_answer(resources().database, viewer, image_id, label) if done else None
    return ReviewButtons(verdict, last)


@pages.get("/review")
def show() -> str:
    """The desk: the next question, and the last one's answer to take back."""
    database, done = resources().database, request.args.get("done", "")
    questions = review_desk.questions(database)
    with database.transaction() as cursor:
        own = catalogue_reviews.own_record(cursor)
        judges = permissions.may_judge(auth.account())
        verification = status.current_verification(cursor) if judges else None
    return render_template(
        "review.html",
        question=questions[0] if questions else None,
        last=_last(done) if done else None,
        own=own,
        most_a_day=QUESTIONS_A_DAY,
        verification=verification,
    )


@pages.get("/review/questions")
def ahead() -> Response:
    """The open questions for the desk's script, so that the next photo is there in time."""
    questions = review_desk.questions(resources().database)
    return jsonify(
        questions=[
            {
                "id": str(question.id),
                "label": question.label.name,
                "about": f"/labels{question.label.mid}",
                "width": question.width,
                "height": question.height,
            }
            for question in questions
        ]
    )


@pages.get("/review/questions/<question_id>/photo.jpg")
def photo(question_id: str) -> Response:
    """The photo of a question; nothing about it tells which one it is."""
    hub = resources()
    question = review_desk.find(hub.database, question_id)
    answer = Response(
        images.pixels(hub.store, question.photo_sha256, "view", question.view_sha256),
        mimetype="image/jpeg",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@pages.post("/review/questions/<question_id>")
def decide(question_id: str) -> AnyResponse:
    """Answer a question or take the answer back; a script hears 204, a form is led on."""
    text = request.form.get("answer", "")
    database, account = resources().database, auth.account()
    if text == WITHDRAW:
        review_desk.withdraw(database, account, question_id)
    else:
        review_desk.answer(database, account, question_id, _read(text))
    if sessions.HEADER in request.headers:
        return Response(status=204)
    return redirect("/review" if text == WITHDRAW else f"/review?done={question_id}", 303)


@pages.post("/images/<image_id>/reviews")
def answer(image_id: str) -> AnyResponse:
    """Write an answer on a photo's page, or take it back."""
    account, database = auth.account(), resources().database
    mid, text = request.form.get("label", ""), request.form.get("answer", "")
    if text == WITHDRAW:
        reviews.withdraw(database, account, image_id, mid)
        return redirect(f"/images/{image_id}", 303)
    reviews.answer(database, account, image_id, mid, _read(text))
    query = urlencode({"done": f"{image_id}:{mid}"}, safe="/:")
    return redirect(f"/images/{image_id}?{query}", 303)


def _last(question_id: str) -> Question | None:
    try:
        found = review_desk.find(resources().database, question_id)
    except NotFound:
        return None
    return found if found.answer else None


def _read(text: str) -> ReviewAnswer:
    if text not in set(ReviewAnswer):
        raise Refused("invalid", "Answer yes, no or unsure.")
    return ReviewAnswer(text)
