"""Reviews: what people say of one (image, claimed label)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from imagehub.answers.reviews import ReviewOfImage
from imagehub.vocabulary import Account, ReviewAnswer
from webapp.http.boundary import RequestModel
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.reviews import service as reviews

endpoints = Endpoints("reviews")


class NewReview(RequestModel):
    """An answer: does the image show the label?"""

    answer: Annotated[ReviewAnswer, Field(strict=False)]  # JSON has text where we have an enum


@endpoints.put("/images/<image_id>/reviews/<kind>/<code>", problems=(403, 404))
def answer(image_id: str, kind: str, code: str, account: Account, body: NewReview) -> ReviewOfImage:
    """Say whether an image shows the label `/kind/code`; the same person's last answer counts.

    For reviewers, on claimed labels of the image, and never on their own photos.
    """
    found = reviews.answer(resources().database, account, image_id, f"/{kind}/{code}", body.answer)
    return ReviewOfImage(
        image=found.image_id,
        label=found.label,
        answer=found.answer,
        reviewed_at=found.reviewed_at,
    )


@endpoints.delete("/images/<image_id>/reviews/<kind>/<code>", problems=(403, 404))
def withdraw(image_id: str, kind: str, code: str, account: Account) -> ReviewOfImage:
    """Withdraw your answer; does nothing if there is none."""
    mid = f"/{kind}/{code}"
    reviews.withdraw(resources().database, account, image_id, mid)
    return ReviewOfImage(image=image_id, label=mid, answer=None, reviewed_at=None)
