"""What a JPEG's markers say, without decoding (ITU-T T.81, annex B)."""

from __future__ import annotations

import re

from imagehub.errors import Refused
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import Structure, count_chunk, limited

MAX_SCANS = 32
MAX_SCAN_MEGAPIXELS = 1000
"""An ordinary progressive JPEG has 10 scans; each costs the decoder a pass over all pixels."""

# A marker with parameters, or SOI or EOI. In entropy-coded data only 00 and RST follow an FF.
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended sequential, progressive; all Huffman-coded
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def read_structure(data: bytes) -> Structure:
    """Walk the markers of the first picture in the file and count its scans.

    A thumbnail inside a segment and pictures after the end are stepped over. Raises
    Refused(`undecodable`, `too_many_scans`, `too_many_chunks`) and what `limited` raises.
    """
    size: Structure | None = None
    scans = segments = 0
    position = 2
    while marker := _MARKER.search(data, position):
        position = marker.end()
        kind = marker[1][0]
        if kind == _EOI:
            break
        if kind == _SOI:
            continue
        segments = count_chunk(segments)
        length = int.from_bytes(data[position : position + 2], "big")
        if length < 2 or kind in _OTHER_FRAMES or (kind in _FRAMES and size):
            raise refused_decoding("undecodable")
        if kind in _FRAMES:
            size = _frame_size(data[position : position + length])
        if kind == _SOS:
            scans += 1
            if size is None:
                raise refused_decoding("undecodable")
            _limit_scans(scans, size.width * size.height)
        position += length
    if size is None or scans == 0:
        raise refused_decoding("undecodable")
    return size


def _frame_size(frame: bytes) -> Structure:
    """The size in a frame header; only 8 bits per sample are read."""
    height = int.from_bytes(frame[3:5], "big")
    width = int.from_bytes(frame[5:7], "big")
    if len(frame) < 8 or frame[2] != 8 or not width or not height:
        raise refused_decoding("undecodable")
    return limited(width, height)


def _limit_scans(scans: int, pixels: int) -> None:
    if scans > MAX_SCANS or scans * pixels > MAX_SCAN_MEGAPIXELS * 1_000_000:
        raise Refused(
            "too_many_scans",
            f"The JPEG has more passes than a photo of its size may have ({MAX_SCANS} at most). "
            "Save it again as an ordinary JPEG and send that.",
        )
