"""One bad input and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imagehub.photo import REFUSALS


@dataclass(frozen=True)
class Row:
    """One input of the corpus.

    `status` and `code` are the API's answer; `final_state` is what the upload comes to after a
    202 (`landed` or `refused`, then with `final_code`). `canaries` are bytes of the input that
    must stand in nothing that is served.
    """

    number: int
    name: str
    make: Callable[[], bytes]
    status: int
    code: str | None = None
    final_state: str | None = None
    final_code: str | None = None
    flags: tuple[str, ...] = ()
    canaries: tuple[bytes, ...] = ()
    content_type: str = "image/jpeg"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"


def at_the_door(number: int, name: str, make: Callable[[], bytes], code: str) -> Row:
    """An input that the API refuses by its header."""
    return Row(number, name, make, status=REFUSALS[code], code=code)


def while_decoding(number: int, name: str, make: Callable[[], bytes], code: str) -> Row:
    """An input that looks well and is refused when it is decoded."""
    return Row(number, name, make, status=202, final_state="refused", final_code=code)


def lands(
    number: int,
    name: str,
    make: Callable[[], bytes],
    flags: tuple[str, ...] = (),
    canaries: tuple[bytes, ...] = (),
    content_type: str = "image/jpeg",
) -> Row:
    """An input that is odd, and good."""
    return Row(
        number,
        name,
        make,
        status=202,
        final_state="landed",
        flags=flags,
        canaries=canaries,
        content_type=content_type,
    )
