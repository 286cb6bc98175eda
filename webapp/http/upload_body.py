"""The body of an upload: a raw photo, or a form with the photo as its one file part `image`."""

from __future__ import annotations

from io import BytesIO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from imagehub.errors import Refused
from imagehub.vocabulary import MAX_PHOTO_BYTES

FORM = "multipart/form-data"
FORM_ALLOWANCE_BYTES = 256 * 1024
"""What a form may need beside its photo."""

MAX_BODY_BYTES = MAX_PHOTO_BYTES + FORM_ALLOWANCE_BYTES

MAX_FIELD_BYTES = 128 * 1024
MAX_PARTS = 16
FILE_PART = "image"


def most_bytes(media_type: str) -> int:
    """The largest body of this type that any route takes."""
    return MAX_BODY_BYTES if media_type.startswith(FORM) else MAX_PHOTO_BYTES


def is_form(request: Request) -> bool:
    """True if the body says that it is a form."""
    return request.mimetype == FORM


def read_raw(request: Request) -> bytes:
    """Read a raw photo of at most MAX_PHOTO_BYTES; more is refused before it is read."""
    _limit(request, MAX_PHOTO_BYTES)
    return request.get_data(cache=False)


def read_form(request: Request) -> tuple[bytes, MultiDict[str, str]]:
    """Read a form: the photo, and the text fields beside it.

    Raises Refused(`malformed_multipart`) unless there is exactly one file part `image`; its file
    name is never looked at. Nothing is written to disk.
    """
    _limit(request, MAX_BODY_BYTES)
    parser = FormDataParser(
        stream_factory=_in_memory,
        max_form_memory_size=MAX_FIELD_BYTES,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
    try:
        _, fields, files = parser.parse(
            request.stream, FORM, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge as error:
        raise Refused("too_large", "The form has too many or too large parts.") from error
    except ValueError as error:
        raise _malformed() from error
    return _only_photo(files, fields), fields


def _only_photo(files: MultiDict[str, FileStorage], fields: MultiDict[str, str]) -> bytes:
    images = files.getlist(FILE_PART)
    if len(images) != 1 or len(list(files.lists())) != 1 or FILE_PART in fields:
        raise _malformed()
    if not images[0].filename:
        raise _malformed()
    return images[0].stream.read()


def _limit(request: Request, limit_bytes: int) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("encoding_unsupported", "Send the photo without a Content-Encoding.")
    size_bytes = request.content_length or 0
    if size_bytes > limit_bytes:
        sentence = f"The body has {size_bytes:,} bytes; {limit_bytes:,} are allowed."
        raise Refused("too_large", sentence)
    request.max_content_length = limit_bytes


def _malformed() -> Refused:
    return Refused(
        "malformed_multipart",
        f"Send a form with one file part `{FILE_PART}` and its closing boundary.",
    )


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> BytesIO:
    del total_content_length, content_type, filename, content_length  # the parser names them
    return BytesIO()
