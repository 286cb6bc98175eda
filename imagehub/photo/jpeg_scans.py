"""A JPEG's frame and scans: what each scan brings, and whether they bring the whole picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.photo.refusals import refused_decoding

_COEFFICIENTS = 64
_MAX_SHIFT = 13


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """What a frame header declares; components by their ids."""

    width: int
    height: int
    is_progressive: bool
    components: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: coefficients `first` to `last` of its components, down to bit `low_bit`."""

    components: tuple[int, ...]
    first: int
    last: int
    low_bit: int


def read_frame(segment: bytes, is_progressive: bool) -> JpegFrame:
    """Read a frame header; only 8 bits per sample are read. Raises Refused(`undecodable`)."""
    height = int.from_bytes(segment[3:5], "big")
    width = int.from_bytes(segment[5:7], "big")
    if len(segment) < 8 or segment[2] != 8 or not width or not height:
        raise refused_decoding("undecodable")
    components = segment[8 : 8 + 3 * segment[7] : 3]
    return JpegFrame(width, height, is_progressive, tuple(components))


def read_scan(segment: bytes, frame: JpegFrame) -> Scan | None:
    """Read a scan's header; None where it is none of this frame."""
    count = segment[2] if len(segment) > 2 else 0
    if not 1 <= count <= 4 or len(segment) != 6 + 2 * count:
        return None
    components = tuple(segment[3 : 3 + 2 * count : 2])
    if not set(components) <= set(frame.components):
        return None
    if not frame.is_progressive:  # decoders do not look at the rest either
        return Scan(components, 0, _COEFFICIENTS - 1, 0)
    first, last, shifts = segment[-3:]
    high_bit, low_bit = divmod(shifts, 16)
    is_of_averages = first == last == 0
    is_of_details = 0 < first <= last < _COEFFICIENTS and count == 1
    if not (is_of_averages or is_of_details) or max(high_bit, low_bit) > _MAX_SHIFT:
        return None
    return Scan(components, first, last, low_bit)


def bring_all(frame: JpegFrame, scans: Sequence[Scan]) -> bool:
    """True if the scans bring every coefficient of every component to its last bit."""
    missing = {(component, at) for component in frame.components for at in range(_COEFFICIENTS)}
    for scan in scans:
        if scan.low_bit == 0:
            missing -= {
                (component, at)
                for component in scan.components
                for at in range(scan.first, scan.last + 1)
            }
    return not missing
