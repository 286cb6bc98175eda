"""One file of a list of photos to send: what to claim of it, or why it is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a contributor says of a photo; `label` is a MID or a name."""

    label: str
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    device: str | None = None

    def as_query(self) -> dict[str, str]:
        """Write the claim as the query of `POST /api/v1/uploads`."""
        query = {
            "label": self.label,
            "taken_at": self.taken_at and self.taken_at.isoformat(),
            "latitude": None if self.latitude is None else f"{self.latitude:.6f}",
            "longitude": None if self.longitude is None else f"{self.longitude:.6f}",
            "device": self.device,
        }
        return {name: text for name, text in query.items() if text}


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file to send.

    `act` tells two uploads of the same photo and claim apart; empty where they are one. `fault`
    says why it cannot be sent; `left_out` why it is no photo that anybody would send.
    """

    file: Path
    name: str
    claim: Claim
    act: str = ""
    fault: str = ""
    left_out: str = ""
