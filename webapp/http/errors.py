"""The one place that turns errors into HTTP.

Programs (paths under /api and /app, and the probes) get `application/problem+json` (RFC 9457) with
a stable `code`; people get a page.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from imagehub import photo
from imagehub.errors import (
    Conflict,
    Forbidden,
    HubError,
    Misconfigured,
    NotFound,
    Refused,
    TooMany,
    Unauthorised,
    Unavailable,
)

REFUSAL_STATUS = {
    **photo.REFUSALS,
    "digest_mismatch": 400,
    "format_not_frozen": 404,
    "idempotency_key_invalid": 400,
    "idempotency_key_missing": 400,
    "json_malformed": 400,
    "malformed_multipart": 400,
    "too_large": 413,
    "encoding_unsupported": 415,
    "media_type_unsupported": 415,
}
"""HTTP status of a refusal's code; a code that is not here is 422."""

NOTHING_HERE = "There is no such thing here, or none that you may see."
"""One sentence for absent, foreign and malformed: a client cannot tell them apart."""

MISCONFIGURED_RETRY_SECONDS = 30
PROGRAM_PATHS = ("/api/", "/datasets/", "/metrics", "/app/", "/healthz", "/readyz")
PAGE = "errors/error.html"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HttpProblem:
    """An error as HTTP tells it."""

    status: int
    code: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


def register(app: Flask) -> None:
    """Answer every exception of this application with a problem."""
    app.register_error_handler(Exception, _answer)


def problem_of(error: Exception) -> HttpProblem:
    """Say what an exception means in HTTP; what we do not know is a bug, told without details."""
    if isinstance(error, HubError):
        return _problem_of_hub_error(error)
    if isinstance(error, HTTPException):
        return _problem_of_http_exception(error)
    return HttpProblem(500, "internal_error", "Something is wrong on our side. It has been noted.")


def _answer(error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status == 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if request.path.startswith(PROGRAM_PATHS):
        response = _as_json(problem)
    elif isinstance(error, SecurityError):  # for a host that is not ours no page can be made
        response = Response(problem.detail, problem.status, mimetype="text/plain")
    else:
        response = Response(render_template(PAGE, problem=problem), problem.status)
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_json(problem: HttpProblem) -> Response:
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    return Response(json.dumps(body), problem.status, content_type="application/problem+json")


def _problem_of_hub_error(error: HubError) -> HttpProblem:
    match error:
        case Refused():
            return HttpProblem(REFUSAL_STATUS.get(error.code, 422), error.code, error.sentence)
        case NotFound():
            return HttpProblem(404, "not_found", NOTHING_HERE)
        case Conflict():
            return HttpProblem(409, "conflict", str(error))
        case Forbidden():
            return HttpProblem(403, "forbidden", str(error))
        case Unauthorised():
            headers = {"WWW-Authenticate": 'Bearer realm="Deep Images Hub"'}
            return HttpProblem(401, "unauthorised", str(error), headers)
        case TooMany():
            headers = {"Retry-After": str(error.retry_after_seconds)}
            return HttpProblem(429, "too_many_requests", str(error), headers)
        case Unavailable():
            log.warning("unavailable: %s", error)
            headers = {"Retry-After": str(error.retry_after_seconds)}
            detail = "A part of the hub is down for now. Send the same request again later."
            return HttpProblem(503, "unavailable", detail, headers)
        case Misconfigured():
            log.error("misconfigured: %s", error)
            headers = {"Retry-After": str(MISCONFIGURED_RETRY_SECONDS)}
            return HttpProblem(503, "unavailable", "The hub is not set up completely.", headers)
    return HttpProblem(500, "internal_error", "Something is wrong on our side. It has been noted.")


def _problem_of_http_exception(error: HTTPException) -> HttpProblem:
    status = error.code or 500
    if status == 404:
        return HttpProblem(404, "not_found", NOTHING_HERE)
    if status == 413:
        return HttpProblem(413, "too_large", "The request's body is larger than is allowed here.")
    code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    header_names = ("Allow", "Location", "Retry-After", "Content-Range")
    headers = {name: value for name, value in error.get_headers() if name in header_names}
    return HttpProblem(status, code, error.description or HTTPStatus(status).phrase, headers)
