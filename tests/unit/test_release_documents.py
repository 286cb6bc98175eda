"""What stands beside the photos of a release, and how it is sent."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub import release_tables as tables
from imagehub.manifest import Manifest
from imagehub.release_documents import ReleaseFacts, Signed, documents, escaped
from imagehub.vocabulary import Label
from tests.factories.manifest_files import manifest_file
from webapp.releases.format_files import CHUNK_BYTES, gathered


def manifest_of(contributor: str) -> Manifest:
    file = manifest_file(b"a photo", contributor=contributor)
    labels = (Label("/m/0bt9lr", "Dog"),)
    return Manifest(
        "set-1", datetime(2026, 5, 1, tzinfo=UTC), 1, {}, labels, (file,), ("/m/0bt9lr",)
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_a_cell_that_begins_a_formula_is_quoted(start: str) -> None:
    assert tables.guarded(f"{start}1+1").startswith("'")
    assert tables.guarded(f"a{start}b")[0] == "a"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_name_breaks_a_table(name: str) -> None:
    text = tables.images(manifest_of(name)).decode()
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["Author"] == tables.guarded(name)
    assert not row["Author"].startswith(tables.FORMULA_STARTS)


@given(st.text())
def test_no_name_means_anything_in_markdown(name: str) -> None:
    shown = escaped(name)
    assert "\n" not in shown
    for sign in "<>[]`*_":
        assert shown.count(sign) == shown.count(f"\\{sign}")


@given(st.lists(st.binary(max_size=2 * CHUNK_BYTES), max_size=6))
def test_gathered_pieces_are_the_same_bytes(pieces: list[bytes]) -> None:
    found = list(gathered(iter(pieces)))
    assert b"".join(found) == b"".join(pieces)
    assert all(len(piece) >= CHUNK_BYTES for piece in found[:-1])


@pytest.mark.parametrize(("files", "said"), [(1, b"1 photo, "), (2, b"2 photos, ")])
def test_one_photo_is_no_photos(files: int, said: bytes) -> None:
    one = manifest_of("somebody")
    several = replace(one, files=one.files * files)
    written = documents(ReleaseFacts(several, Signed(b"", b"", b"")), "")
    assert b"A release of Deep Images Hub: " + said in written["README.md"]
    assert b"somebody: " + said in written["CREDITS.md"]
