"""What a JPEG's markers say, without decoding (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from imagehub.errors import Refused
from imagehub.photo.jpeg_scans import JpegFrame, Scan, bring_all, read_frame, read_scan
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import Structure, count_chunk, limited

MAX_SCANS = 32
MAX_SCAN_MEGAPIXELS = 1000
"""An ordinary progressive JPEG has 10 scans; each costs the decoder a pass over all pixels."""

EOI = b"\xff\xd9"

# A marker with parameters, or SOI or EOI. In entropy-coded data only 00 and RST follow an FF.
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended sequential, progressive; all Huffman-coded
_PROGRESSIVE = 0xC2
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_BETWEEN_SCANS = {0xC4, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)}  # tables, lines, comments


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """The first picture of a file: its size, where its last scan's data end, and how.

    Some phones write no EOI and let other things follow at once: they too begin at `end`, or
    before it where they look like scan data.
    """

    size: Structure
    end: int
    has_eoi: bool


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    start: int  # where its marker stands
    body: bytes  # with its length; empty for SOI and EOI


def read_structure(data: bytes) -> Structure:
    """The declared size; raises as `read_picture` does."""
    return read_picture(data).size


def read_picture(data: bytes) -> JpegPicture:
    """Walk the markers of the first picture in the file and count its scans.

    A thumbnail inside a segment and what follows the picture are stepped over. Raises
    Refused(`undecodable`, `truncated`, `too_many_scans`, `too_many_chunks`) and what `limited`
    raises; `truncated` where the file ends before a scan that the picture needs.
    """
    segments = _segments(data)
    size, frame, first_scan = _read_headers(segments)
    scans, end, has_eoi = [first_scan], None, False
    for segment in segments:
        end = segment.start if end is None else end
        if has_eoi := segment.kind == _EOI:
            break
        scan = read_scan(segment.body, frame) if segment.kind == _SOS else None
        if scan:
            scans.append(scan)
            end = None
            _limit_scans(len(scans), frame)
        elif segment.kind not in _BETWEEN_SCANS or len(segment.body) < 2:
            break  # something else follows the picture
    if not has_eoi and not bring_all(frame, scans):
        raise refused_decoding("truncated")
    end = len(data) if end is None else end
    while data[end - 1] == 0xFF:  # fill bytes, or half a marker
        end -= 1
    return JpegPicture(size, end, has_eoi)


def _segments(data: bytes) -> Iterator[_Segment]:
    segments, position = 0, 2
    while marker := _MARKER.search(data, position):
        kind, position, length = marker[1][0], marker.end(), 0
        if kind not in (_SOI, _EOI):
            segments = count_chunk(segments)
            length = int.from_bytes(data[position : position + 2], "big")
        yield _Segment(kind, marker.start(), data[position : position + length])
        position += length


def _read_headers(segments: Iterator[_Segment]) -> tuple[Structure, JpegFrame, Scan]:
    """Read up to the first scan's header."""
    size: Structure | None = None
    frame: JpegFrame | None = None
    for segment in segments:
        if segment.kind == _SOI:
            continue
        if len(segment.body) < 2 or segment.kind in _OTHER_FRAMES:
            break
        if segment.kind in _FRAMES:
            if frame:
                break
            frame = read_frame(segment.body, segment.kind == _PROGRESSIVE)
            size = limited(frame.width, frame.height)
        if segment.kind == _SOS:
            scan = read_scan(segment.body, frame) if frame else None
            if size and frame and scan:
                return size, frame, scan
            break
    raise refused_decoding("undecodable")


def _limit_scans(scans: int, frame: JpegFrame) -> None:
    if scans > MAX_SCANS or scans * frame.width * frame.height > MAX_SCAN_MEGAPIXELS * 1_000_000:
        raise Refused(
            "too_many_scans",
            f"The JPEG has more passes than a photo of its size may have ({MAX_SCANS} at most). "
            "Save it again as an ordinary JPEG and send that.",
        )
