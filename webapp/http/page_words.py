"""Jinja filters: numbers, times and the hub's terms as people read them. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from imagehub.subsets import in_split_order

SOURCES = {
    "quality": "The photo itself",
    "network": "The network",
    "crowd": "The other photos here",
    "contributor": "Who sent it",
    "reviews": "People’s reviews",
}
SPEAKS = {
    "clearly_for": "clearly for it",
    "for": "rather for it",
    "undecided": "neither for nor against",
    "against": "rather against it",
    "clearly_against": "clearly against it",
    "no_opinion": "no opinion",
}
APART = (
    (0.0005, "The pixels are the same."),
    (0.005, "The pixels hardly differ."),
    (0.02, "The pixels differ a little."),
)
STATES = {
    "verified": "Verified",
    "needs_review": "Needs review",
    "rejected": "Rejected",
    "requested": "Being made",
    "ready": "Ready",
    "failed": "Failed",
    "running": "Running",
    "queued": "Waiting",
    "preparing": "Preparing",
    "training": "Training",
    "exporting": "Measuring",
    "done": "Done",
    "cancelled": "Cancelled",
}
THUMB_PIXELS = 192
VIEW_PIXELS = 512


def number(value: int) -> str:
    """1234567 as 1,234,567."""
    return f"{value:,}"


def percent(share: float) -> str:
    """A share from 0 to 1 in whole percent; 0 % and 100 % only for exactly that."""
    return probability(share) if 0 < share < 1 else f"{share * 100:.0f} %"


def probability(value: float) -> str:
    """A probability in whole percent; never 0 % or 100 %: stored ones are rounded."""
    if value < 0.01:
        return "under 1 %"
    if value > 0.99:
        return "over 99 %"
    return f"{value * 100:.0f} %"


def size_in_bytes(value: int) -> str:
    """Bytes in a unit that leaves few digits."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            amount = value / factor
            return f"{amount:.0f} {unit}" if amount >= 100 else f"{amount:.1f} {unit}"
    return f"{value} bytes"


def moment(at: datetime) -> str:
    """A point in time to the minute, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def day(at: datetime) -> str:
    """A point in time to the day, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y}"


def counted(value: int, singular: str, plural: str = "") -> str:
    """A number before its noun: 1 photo, 2 photos."""
    return f"{value:,} {singular if value == 1 else plural or singular + 's'}"


def source(name: str) -> str:
    """Who gave a piece of evidence."""
    return SOURCES.get(name, name.replace("_", " ").capitalize())


def speaks(name: str) -> str:
    """Whether a source is for a label or against it."""
    return SPEAKS.get(str(name), str(name))


def apart(distance: float) -> str:
    """How far two duplicates are from one another."""
    return next((words for below, words in APART if distance < below), "The pixels differ.")


def state(name: str) -> str:
    """A verdict's outcome or a release's state."""
    return STATES.get(str(name), str(name))


def label_path(mid: str) -> str:
    """The page of a label."""
    return f"/labels{mid}"


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height in pixels of a derivative whose long side is at most `side`."""
    scale = min(1.0, side / max(*size, 1))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def capitalize_first(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def dropped(chosen: Mapping[str, str], name: str) -> dict[str, str]:
    """All that is chosen but one."""
    return {key: value for key, value in chosen.items() if key != name}


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "percent": percent,
    "probability": probability,
    "bytes": size_in_bytes,
    "moment": moment,
    "day": day,
    "counted": counted,
    "source": source,
    "speaks": speaks,
    "apart": apart,
    "state": state,
    "in_split_order": in_split_order,
    "label_path": label_path,
    "shell": shlex.quote,
    "fitted": fitted,
    "capitalize_first": capitalize_first,
    "dropped": dropped,
}
