"""What the header of any format tells, and the limits that formats share."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.errors import Refused

MIN_SHORT_SIDE_PIXELS = 64
MAX_PIXELS = 8192 * 8192
"""What a 64-megapixel phone takes; 3 bytes each are held in memory while decoding."""
MAX_ASPECT = 8
MAX_CHUNKS = 4096


@dataclass(frozen=True, slots=True)
class Structure:
    """The size that a file's header declares, pixels."""

    width: int
    height: int


def limited(width: int, height: int) -> Structure:
    """The declared size; raise Refused(`too_small`, `too_many_pixels` or `aspect`)."""
    short, long = sorted((width, height))
    measured = f"The photo is {width} x {height} pixels"
    if short < MIN_SHORT_SIDE_PIXELS:
        raise Refused(
            "too_small",
            f"{measured}; its short side must have {MIN_SHORT_SIDE_PIXELS} or more. Send the "
            "original, not a thumbnail.",
        )
    if short * long > MAX_PIXELS:
        raise Refused(
            "too_many_pixels",
            f"{measured}; {MAX_PIXELS / 1e6:.0f} million in all are allowed. Scale it down.",
        )
    if long > MAX_ASPECT * short:
        raise Refused(
            "aspect",
            f"{measured}; one side may be {MAX_ASPECT} times the other at most. Crop it.",
        )
    return Structure(width, height)


def count_chunk(chunks: int) -> int:
    """One chunk or segment more; raise Refused(`too_many_chunks`) beyond MAX_CHUNKS."""
    if chunks >= MAX_CHUNKS:
        raise Refused(
            "too_many_chunks",
            f"The file is made of more than {MAX_CHUNKS:,} parts. Save the photo again as JPEG "
            "and send that.",
        )
    return chunks + 1


def refused_animation() -> Refused:
    """The refusal for a file of several frames."""
    return Refused("animated", "The file is an animation. Send one still photo.")
