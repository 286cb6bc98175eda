"""Report a photo to the admins."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import Field

from imagehub.answers.moderation import ReportAnswer
from imagehub.catalogue.moderation.reports import ReportKind
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import resources
from webapp.moderation import reports

endpoints = Endpoints("reports")


class ReportBody(RequestModel):
    """What is wrong with the photo."""

    kind: Annotated[ReportKind, Field(strict=False)]  # JSON has text where we have an enum
    words: Annotated[str, Field(max_length=reports.MAX_WORDS)] = ""


@endpoints.post("/images/<image_id>/reports", status=201, answer=ReportAnswer, problems=(404, 429))
def report(image_id: str, account: Account | None, body: ReportBody) -> Response:
    """Report a photo that you can see, also without a token; private or harmful ones are hidden."""
    found = reports.report(resources().database, image_id, account, body.kind, body.words)
    answer = ReportAnswer(image=image_id, kind=str(body.kind), hidden=found.is_hidden)
    return reply(answer, 201)
