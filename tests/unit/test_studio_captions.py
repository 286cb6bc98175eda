"""Captions: right grammar, varied shapes, true to the scene."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.studio.__main__ import SHIPPED_PHOTOS, SHIPPED_SEED, main
from deploy.demo.studio.captions import captions, with_article
from deploy.demo.studio.scene import scene
from deploy.demo.studio.scenes_file import HEAD, row
from deploy.demo.studio.things import THINGS

names = st.sampled_from(sorted(THINGS))


@settings(deadline=None)
@given(names, st.integers(1, 60), st.integers(0, 10_000))
def test_a_caption_is_one_clean_sentence(name: str, number: int, seed: int) -> None:
    first, second = captions(scene(name, number, seed))
    assert first != second
    for sentence in (first, second):
        assert re.fullmatch(r"[A-Z][^.]*[^ .,]\.", sentence), sentence
        assert "  " not in sentence
        assert " ," not in sentence
        assert not re.search(r"\b[Aa] [aeiouAEIOU]", sentence), sentence
        assert not re.search(r"\b[Aa]n [^aeiouAEIOU]", sentence), sentence
        assert not re.search(r"\b(\w+) \1\b", sentence), sentence


@settings(deadline=None)
@given(names, st.integers(1, 60), st.integers(0, 10_000))
def test_several_things_take_the_plural_and_no_article(name: str, number: int, seed: int) -> None:
    drawn = scene(name, number, seed)
    for sentence in captions(drawn):
        if drawn.look.is_plural:
            assert not re.search(rf"\ba {drawn.look.phrase}", sentence, re.IGNORECASE)
            assert f"{drawn.look.phrase} sits" not in sentence.lower()


@pytest.mark.parametrize(
    ("phrase", "said"), [("open book", "an open book"), ("red mug", "a red mug")]
)
def test_the_article_follows_the_sound(phrase: str, said: str) -> None:
    assert with_article(phrase) == said


def test_no_sentence_is_common_in_the_shipped_set() -> None:
    said = Counter(
        sentence
        for name in THINGS
        for number in range(1, SHIPPED_PHOTOS + 1)
        for sentence in captions(scene(name, number, SHIPPED_SEED))
    )
    assert said.most_common(1)[0][1] <= 5
    assert len(said) > 0.9 * said.total()


def test_a_row_has_a_column_for_every_head() -> None:
    assert len(row(scene("mug", 3, 1))) == len(HEAD.split(","))


def test_the_scenes_are_written_without_a_renderer(tmp_path: Path) -> None:
    main(["--no-photos", "--folder", str(tmp_path), "--last", "3"])
    with (tmp_path / "scenes.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 3 * len(THINGS)
    assert {line["thing"] for line in rows} == set(THINGS)
    assert rows[0]["photo"] == "apple-01.jpg"
