"""Answers to Range requests on bytes that never change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Request, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable

IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "no-cache"
"""For bytes that may change: a cache must revalidate its copy each time."""
SHORT = "public, max-age=600"
"""For bytes that never change but may be withdrawn: a cache revalidates after this time."""
PRIVATE = "private, no-cache"
"""For what only its owner may have: a browser asks each time whether it still may."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole thing: its size, its digest (the entity tag) and its type."""

    size_bytes: int
    sha256: str
    media_type: str


def answer(
    request: Request,
    whole: Whole,
    read: Callable[[int, int], Iterator[bytes]],
    cache: str = IMMUTABLE,
) -> Response:
    """200 with all, 206 with the one range asked for, 304, or 416; `read` takes start and length.

    Several ranges at once are answered with all, as HTTP allows.
    """
    response = Response(content_type=whole.media_type)
    response.set_etag(whole.sha256)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache
    if request.if_none_match.contains(whole.sha256):
        response.status_code = 304
        return response
    start, end = _range(request, whole)
    if (start, end) != (0, whole.size_bytes):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{whole.size_bytes}"
    response.response = read(start, end - start)
    response.headers["Content-Length"] = str(end - start)
    return response


def _range(request: Request, whole: Whole) -> tuple[int, int]:
    requested = request.range
    tag = request.if_range.etag
    if requested is None or len(requested.ranges) != 1 or (tag is not None and tag != whole.sha256):
        return 0, whole.size_bytes
    begin, _ = requested.ranges[0]
    if (
        begin < 0 and whole.size_bytes
    ):  # the last bytes; all of them where there are fewer (RFC 9110)
        return max(0, whole.size_bytes + begin), whole.size_bytes
    found = requested.range_for_length(whole.size_bytes)
    if found is None:
        raise RequestedRangeNotSatisfiable(whole.size_bytes)
    start, end = found
    return start, end if end is not None else whole.size_bytes
