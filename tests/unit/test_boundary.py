"""The strict boundary: whatever comes, it becomes a typed value or a refusal, never an accident."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from werkzeug.datastructures import MultiDict

from imagehub.errors import Refused
from webapp.http.boundary import (
    MAX_JSON_BYTES,
    Decimal,
    RequestModel,
    Text,
    Whole,
    read_fields,
    read_json,
)

Model = TypeVar("Model")


class Body(RequestModel):
    """What the tests read."""

    name: Text = ""
    count: Annotated[int, Field(ge=0, le=10)] = 0
    share: float = 0.0


class Query(RequestModel):
    """What the tests ask."""

    limit: Annotated[Whole, Field(ge=1, le=500)] = 100
    latitude: Annotated[Decimal, Field(ge=-90, le=90)] | None = None
    q: Text = ""


def read_or_refusal(read: Callable[[], Model]) -> Model | Refused:
    """What was read, or why it was refused; anything else is a failure."""
    try:
        return read()
    except Refused as refusal:
        return refusal


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_read_or_refused(data: bytes) -> None:
    read = read_or_refusal(lambda: read_json(data, Body))
    if isinstance(read, Refused):
        assert read.code in ("json_malformed", "invalid")
        assert read.sentence.isprintable()
    else:
        assert "\0" not in read.name


@given(st.lists(st.tuples(st.sampled_from(["limit", "latitude", "q", "x"]), st.text())))
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    read = read_or_refusal(lambda: read_fields(MultiDict(pairs), Query))
    if isinstance(read, Refused):
        assert read.code == "invalid"
    else:
        assert 1 <= read.limit <= 500
        assert len({name for name, _ in pairs}) == len(pairs)


@given(st.integers(1, 500))
def test_digits_are_their_number(number: int) -> None:
    assert read_fields(MultiDict([("limit", str(number))]), Query).limit == number


@given(st.floats(-90, 90, allow_nan=False))
def test_decimals_are_read_as_they_are_written(number: float) -> None:
    text = f"{number:.6f}"
    assert read_fields(MultiDict([("latitude", text)]), Query).latitude == float(text)


@pytest.mark.parametrize(
    "text", ["1_0", "١", "+1", "-1", " 1", "1 ", "1.0", "1e1", "0x1", "", "9" * 16, "９"]
)
def test_only_plain_digits_are_a_whole_number(text: str) -> None:
    with pytest.raises(Refused):
        read_fields(MultiDict([("limit", text)]), Query)


@pytest.mark.parametrize("text", ["nan", "inf", "1e3", "١", "1_0", "0x1", ".", "1.", ".5", "--1"])
def test_only_plain_decimals_are_a_decimal_number(text: str) -> None:
    with pytest.raises(Refused):
        read_fields(MultiDict([("latitude", text)]), Query)


@pytest.mark.parametrize(
    "data",
    [
        b'{"count": 1, "count": 2}', b'{"share": NaN}', b'{"share": -Infinity}',
        b'{"share": 1e999}',
        b"[" * 20_000, b'{"a":' * 5_000, b"\xff", "{}".encode("utf-16"), b"\xef\xbb\xbf{}",
        b'{"count": ' + b"9" * 5_000 + b"}", b"", b"{} {}",
    ],
)  # fmt: skip
def test_json_is_strict(data: bytes) -> None:
    with pytest.raises(Refused):
        read_json(data, Body)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"count": "1"}, "count"), ({"count": True}, "count"), ({"count": 11}, "count"),
        ({"name": "a\0"}, "name"), ({"name": "\ud800"}, "name"), ({"role": "operator"}, "role"),
        ({"share": "0.5"}, "share"), ({"name": None}, "name"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(body: object, named: str) -> None:
    with pytest.raises(Refused, match=named):
        read_json(json.dumps(body).encode(), Body)


def test_a_large_body_is_refused_by_its_size() -> None:
    with pytest.raises(Refused) as caught:
        read_json(b" " * (MAX_JSON_BYTES + 1), Body)
    assert caught.value.code == "too_large"


def test_text_is_read_in_normal_form() -> None:
    assert read_json('{"name": "Cafe\u0301"}'.encode(), Body).name == "Café"


def test_what_was_sent_is_not_repeated_unreadably() -> None:
    with pytest.raises(Refused) as caught:
        read_json(json.dumps({"\n\x1b[31m" * 50: 1}).encode(), Body)
    assert len(caught.value.sentence) < 100
    assert caught.value.sentence.isprintable()
