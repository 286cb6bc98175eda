"""Every single-file row of the corpus of bad inputs comes out as it must, without a service."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagehub.errors import Refused
from imagehub.photo import REFUSALS, inspect, land
from tests.bad_inputs import ROWS, Row
from tests.photos import jpeg, png, webp

FILES = [row for row in ROWS if not row.headers]  # the others are refused for their headers
METADATA = (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"Photoshop")


@pytest.fixture(autouse=True)
def _quiet_decoders() -> None:
    warnings.simplefilter("ignore")


@pytest.mark.parametrize("row", FILES, ids=str)
def test_a_bad_input_comes_out_as_its_row_asks(row: Row) -> None:
    data = row.make()
    assert _code_of(inspect, data) == row.code
    started = time.process_time()
    _code_of(inspect, data)
    assert time.process_time() - started < 0.020  # 5 ms on a quiet machine
    if row.final_state == "refused":
        assert _code_of(land, data) == row.final_code
    if row.final_state == "landed":
        landed = land(data)
        assert landed.flags == row.flags
        for derivative in (landed.full, landed.view, landed.thumb):
            assert not [held for held in (*row.canaries, *METADATA) if held in derivative.data]


def test_every_refusal_of_the_corpus_has_its_status_in_the_table() -> None:
    found = {code for row in FILES for code in (row.code, row.final_code) if code}
    assert found <= set(REFUSALS)
    assert all(REFUSALS[row.code] == row.status for row in FILES if row.code)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(
        [jpeg(1, 96, 80), jpeg(1, 96, 80, progressive=True), png(1, 96, 80), webp(1, 96, 80)]
    ),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=0, max_size=6)), max_size=8),
    st.integers(0, 10**6),
)
def test_a_damaged_photo_lands_or_is_refused_and_nothing_else(
    photo: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    warnings.simplefilter("ignore")
    data = bytearray(photo)
    for at, new in changes:
        data[at % len(data) : at % len(data) + len(new)] = new
    damaged = bytes(data[: cut % (2 * len(data)) + 1])
    assert _code_of(land, damaged) in {None, *REFUSALS}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBP"]),
    st.binary(max_size=400),
)
def test_any_bytes_behind_a_good_beginning_are_looked_at_safely(start: bytes, rest: bytes) -> None:
    warnings.simplefilter("ignore")
    assert _code_of(land, start + rest) in {None, *REFUSALS}


def _code_of(look: Callable[[bytes], object], data: bytes) -> str | None:
    try:
        look(data)
    except Refused as refused:
        return refused.code
    return None
