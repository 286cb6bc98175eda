"""Duplicates that people part: "these are different photos", and its taking back."""

from __future__ import annotations

from typing import Annotated

from flask import Response

from imagehub.answers.duplicates import PairAnswer
from imagehub.vocabulary import Account
from webapp.duplicates import service as duplicates
from webapp.http.boundary import RequestModel, pattern
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import resources

endpoints = Endpoints("duplicates")


class OtherImage(RequestModel):
    """The other image of a pair."""

    other: Annotated[str, pattern(r"^[0-9a-f]{16}$", "an image id: 16 hexadecimal digits")]


@endpoints.post(
    "/images/<image_id>/duplicate-undos", status=201, answer=PairAnswer, problems=(403, 404)
)
def part(image_id: str, account: Account, body: OtherImage) -> Response:
    """Say that two images show different photos; saying it again changes nothing."""
    duplicates.part(resources().database, account, image_id, body.other)
    pair = PairAnswer(image=image_id, other=body.other, parted=True)
    location = f"/api/v1/images/{image_id}/duplicate-undos/{body.other}"
    return reply(pair, 201, {"Location": location})


@endpoints.delete("/images/<image_id>/duplicate-undos/<other_id>", problems=(403, 404))
def join(image_id: str, other_id: str, account: Account) -> PairAnswer:
    """Take that back: pixels decide again; where nothing was said, nothing changes."""
    duplicates.join(resources().database, account, image_id, other_id)
    return PairAnswer(image=image_id, other=other_id, parted=False)
