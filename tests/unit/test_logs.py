"""Events are lines of JSON, whatever somebody puts into them."""

from __future__ import annotations

import io
import json
import logging
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub import logs


def written(words: str, *arguments: object, **about: object) -> list[str]:
    """The lines of one event."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logger = logging.Logger("webapp")
    logger.addHandler(handler)
    logger.info(words, *arguments, extra=logs.about(**about))
    return stream.getvalue().splitlines()


def test_an_event_says_when_where_what_and_about_what() -> None:
    (line,) = written("upload %s", "accepted", upload=UUID(int=7), image="ab")
    event = json.loads(line)
    assert datetime.fromisoformat(event.pop("at")).tzinfo
    assert event == {
        "level": "info", "part": "webapp", "said": "upload accepted",
        "upload": str(UUID(int=7)), "image": "ab",
    }  # fmt: skip


@given(st.text())
def test_what_people_write_never_begins_a_line_of_its_own(text: str) -> None:
    (line,) = written("%s", text, label=text)
    assert (json.loads(line)["said"], json.loads(line)["label"]) == (text, text)


def test_an_error_stands_in_the_same_line() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logger = logging.Logger("webapp")
    logger.addHandler(handler)
    with pytest.raises(ZeroDivisionError):
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.exception("broken")
            raise
    assert "ZeroDivisionError" in json.loads(stream.getvalue())["error"]
