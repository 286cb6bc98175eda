"""What the header of any format tells, and the limits that formats share."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.errors import Refused

MAX_CHUNKS = 4096


@dataclass(frozen=True, slots=True)
class Structure:
    """The size that a file's header declares, pixels."""

    width: int
    height: int


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
