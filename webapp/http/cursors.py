"""Opaque cursors: where a page of a list ended, as text for a link."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from imagehub.errors import Refused
from webapp.http.boundary import RequestModel, Text, Whole

Item = TypeVar("Item")

MAX_CURSOR_CHARACTERS = 600
MAX_NUMBER = 2**63


class PageQuery(RequestModel):
    """A page of a list: `after` is the `next` of the page before."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Annotated[Text, Field(max_length=MAX_CURSOR_CHARACTERS)] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list; `after` and `before` lead to the next and the previous page.

    A cursor of None means that there is no such page.
    """

    items: tuple[Item, ...]
    after: str | None = None
    before: str | None = None


def encode(values: Sequence[object]) -> str:
    """Write the sort key of an item as a cursor."""
    text = json.dumps(list(values), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, *types: type) -> tuple[Any, ...]:
    """Read a sort key of these types; raise Refused(`cursor_malformed`) for anything else."""
    try:
        if len(cursor) > MAX_CURSOR_CHARACTERS:
            raise ValueError("too long")
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or [type(value) for value in values] != list(types):
            raise ValueError("another list's cursor")
        if any(isinstance(value, str) and not value.isprintable() for value in values):
            raise ValueError("no text of ours")
        if any(isinstance(value, int | float) and not abs(value) < MAX_NUMBER for value in values):
            raise ValueError("no number of ours")
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Refused(
            "cursor_malformed", "This page link is damaged. Start again from the first page."
        ) from error
    return tuple(values)


def decode_moment(cursor: str) -> tuple[datetime, str]:
    """Read a sort key of a moment and a text; raise Refused(`cursor_malformed`) for any other."""
    moment, text = decode(cursor, str, str)
    try:
        # Postgres cannot read a moment whose year is none in UTC.
        return datetime.fromisoformat(moment).astimezone(UTC), str(text)
    except (ValueError, OverflowError) as error:
        raise Refused("cursor_malformed", "This page link is damaged.") from error


def page_after(
    found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[object]], is_first: bool
) -> Page[Item]:
    """Cut a page out of up to `limit` + 1 items that stand behind a cursor, or at the start."""
    items = tuple(found[:limit])
    return Page(
        items,
        after=encode(key(items[-1])) if len(found) > limit else None,
        before=encode(key(items[0])) if items and not is_first else None,
    )


def page_before(
    found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[object]]
) -> Page[Item]:
    """Cut a page out of up to `limit` + 1 items that stand before a cursor, nearest first."""
    items = tuple(reversed(found[:limit]))
    return Page(
        items,
        after=encode(key(items[-1])) if items else None,
        before=encode(key(items[0])) if len(found) > limit else None,
    )
