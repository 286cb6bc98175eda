"""Rows of Open Images' tables, checked and written as the catalogue takes them. Pure.

Formats, as published on storage.googleapis.com/openimages: image ids
(`ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,`
`OriginalMD5,Thumbnail300KURL,Rotation`) and image labels (`ImageID,Source,LabelName,Confidence`).
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from imagehub.errors import Refused
from imagehub.importing.licences import spdx
from imagehub.importing.source import MAX_TEXT_CHARACTERS, printable

PHOTO_HEADER = (
    *("ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL"),
    *("Author", "Title", "OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation"),
)
LABEL_HEADER = ("ImageID", "Source", "LabelName", "Confidence")
SOURCES = (
    *("verification", "crowdsource-verification", "machine", "generated", "xclick", "activemil"),
)
SUBSETS = frozenset({"train", "validation", "test"})
ROTATIONS = {"": "", "0": "0", "90": "90", "180": "180", "270": "270"}

_ID = re.compile(r"[0-9a-f]{16}")
_CONFIDENCE = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")
_MID = r"/[a-z]/[a-z0-9_]{2,20}"
_LINE = rf"[0-9a-f]{{16}},(?:{'|'.join(SOURCES)}),{_MID},(?:{_CONFIDENCE.pattern})\n"
_BLOCK = re.compile(f"(?:{_LINE})*+".encode())
_MIDS = re.compile(f",({_MID}),".encode())

_licence = lru_cache(maxsize=1000)(spdx)


def mids_of_block(block: bytes) -> set[bytes] | None:
    """The MIDs in lines of labels that are all as published; None if one is not."""
    return set(_MIDS.findall(block)) if _BLOCK.fullmatch(block) else None


def label_line(row: Sequence[str], known: frozenset[str]) -> tuple[str, ...]:
    """A row of labels for the catalogue; raise Refused that says what is wrong with it."""
    if len(row) != len(LABEL_HEADER):
        raise Refused("row_broken", f"It has {len(row)} columns, not {len(LABEL_HEADER)}.")
    photo, source, label, confidence = row
    if not _ID.fullmatch(photo):
        raise Refused("row_broken", f"{_short(photo)} is no ImageID.")
    if source not in SOURCES:
        raise Refused("row_broken", f"{_short(source)} is no source of labels.")
    if not _CONFIDENCE.fullmatch(confidence):
        raise Refused("row_broken", f"{_short(confidence)} is no confidence from 0 to 1.")
    if label not in known:
        raise Refused("label_unknown", f"{_short(label)} is no label of the hub. Import its class.")
    return photo, source, label, confidence


def photo_line(row: Sequence[str]) -> tuple[str, ...]:
    """A row of image ids for the catalogue; raise Refused that says what is wrong with it."""
    if len(row) != len(PHOTO_HEADER):
        raise Refused("row_broken", f"It has {len(row)} columns, not {len(PHOTO_HEADER)}.")
    photo, subset, url, page, licence, _, author, title, size, md5, _, rotation = row
    if not _ID.fullmatch(photo):
        raise Refused("row_broken", f"{_short(photo)} is no ImageID.")
    if subset not in SUBSETS:
        raise Refused("row_broken", f"{_short(subset)} is no subset.")
    if not url.startswith(("http://", "https://")):
        raise Refused("row_broken", f"{_short(url)} is no address of a photo.")
    turned = ROTATIONS.get(rotation.removesuffix(".0"))
    if turned is None:
        raise Refused("row_broken", f"{_short(rotation)} is no rotation.")
    if size and not (size.isdecimal() and 0 < int(size) < 1 << 31):
        raise Refused("row_broken", f"{_short(size)} is no size in bytes.")
    texts = (_text(url), _text(page), _licence(licence) or "", _text(author), _text(title))
    return photo, subset, *texts, size, _md5(md5), turned


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as COPY takes them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _md5(text: str) -> str:
    if not text:
        return ""
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 16:
        raise Refused("row_broken", f"{_short(text)} is no MD5 in base 64.")
    return f"\\x{digest.hex()}"


def _text(text: str) -> str:
    if len(text) <= MAX_TEXT_CHARACTERS and text.isprintable():
        return text
    return printable(text)[:MAX_TEXT_CHARACTERS]


def _short(text: str) -> str:
    return repr(printable(text)[:60])


KINDS: Mapping[tuple[str, ...], str] = {
    PHOTO_HEADER: "referenced_photos",
    LABEL_HEADER: "imported_labels",
}
"""The header of a published file -> the table that takes its rows."""
