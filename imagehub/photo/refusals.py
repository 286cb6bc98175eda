"""Every reason for which a photo is refused: a stable code, its HTTP status, its words."""

from __future__ import annotations

from imagehub.errors import Refused

REFUSALS: dict[str, int] = {
    "empty_file": 400,  # no bytes at all
    "photo_too_large": 413,  # more bytes than MAX_PHOTO_BYTES
    "unsupported_type": 415,  # no JPEG, PNG or WebP, whatever its name says
    "convert_to_jpeg": 415,  # a photo in a format that phones make and we do not read
    "undecodable": 422,  # broken, or a rare kind of JPEG, PNG or WebP
    "truncated": 422,  # the end is missing
    "too_small": 422,  # short side below MIN_SHORT_SIDE_PIXELS
    "too_many_pixels": 422,  # more than MAX_PIXELS
    "aspect": 422,  # long side more than MAX_ASPECT times the short side
    "too_many_scans": 422,  # a progressive JPEG that is made to be slow
    "too_many_chunks": 422,  # more than MAX_CHUNKS parts in the file
    "metadata_too_large": 422,  # compressed metadata that swells
    "animated": 422,  # several frames
    "decode_limits": 422,  # decoding broke the limits on memory or time
}
"""Code of a Refused -> status of the HTTP answer. Codes never change their meaning."""

DECODING_SENTENCES: dict[str, str] = {
    "undecodable": "The photo cannot be read: its data are damaged. Open it in a photo program, "
    "save it as JPEG and send that.",
    "truncated": "The photo is cut off before its end. Send the whole file again.",
    "decode_limits": "Reading the photo took more memory or time than a photo may take. Save it "
    "again as an ordinary JPEG and send that.",
}
"""Words of the refusals that are found while decoding; they hold nothing of the photo."""


def refused_decoding(code: str) -> Refused:
    """The refusal for a code of DECODING_SENTENCES."""
    return Refused(code, DECODING_SENTENCES[code])
