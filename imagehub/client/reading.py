"""Read what the hub answers into the types of `imagehub.answers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from imagehub.answers.answer import Answer
from imagehub.errors import Misconfigured

Item = TypeVar("Item")
Kind = TypeVar("Kind", bound=Answer)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item]):
    """Some items of a list; `next` asks for those after them, None at the end."""

    items: tuple[Item, ...]
    next: str | None


def read(kind: type[Kind], value: object) -> Kind:
    """Read an answer; Misconfigured if the server speaks another language than this client."""
    try:
        return kind.read(value)
    except ValidationError as error:
        raise Misconfigured(
            f"The server's {kind.__name__.lower()} cannot be read ({error.error_count()} fields "
            "are not as expected). Is it a hub, and of this version?"
        ) from error
