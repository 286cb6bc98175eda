"""No name in a manifest leads out of the chosen folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.client.safe_paths import inside, refuse_unsafe
from imagehub.errors import Refused

PIECES = st.sampled_from(["..", ".", "", "a", "A", "train", "\\", "/", "\0", "C:", "~", "con", "é"])


@pytest.mark.parametrize(
    "paths",
    [
        ["../out.jpg"],
        ["train/../../out.jpg"],
        ["/etc/passwd"],
        ["train//a.jpg"],
        ["train/./a.jpg"],
        [""],
        ["train\\..\\..\\out.jpg"],
        ["C:out.jpg"],
        ["~/out.jpg"],
        ["train/a\0.jpg"],
        ["train/a\n.jpg"],
        [".bashrc"],
        ["train/.git/config"],
        ["train/con.jpg"],
        ["NUL"],
        ["train/a.jpg."],
        ["train/a.jpg.part"],
        ["-rf"],
        ["a/" * 9 + "b.jpg"],
        ["x" * 300],
        ["train/a.jpg", "train/a.jpg"],
        ["train/a.jpg", "train/A.jpg"],
        ["a.jpg", "a.jpg/b.jpg"],
        ["train/A.JPG/b.jpg", "train/a.jpg"],
        ["train/caf\u00e9.jpg", "train/cafe\u0301.jpg"],
        ["train/com\u00b9.jpg"],
        ["train/a\u202eb.jpg"],
        ["train/a\u2215b.jpg"],
        ["\uff0e\uff0e/a.jpg"],
        ["sitecustomize.py"],
        ["torch/__init__.py"],
        ["x.pth"],
        ["train.sh"],
        ["run"],
        ["a.ipynb"],
        ["a.so"],
        ["a.exe"],
        ["a.csv.bat"],
        ["a.PY"],
    ],
)
def test_a_path_that_could_leave_the_folder_or_meet_another_is_refused(paths: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_unsafe(paths)
    assert refusal.value.code == "unsafe_path"


def test_the_paths_of_our_releases_are_safe() -> None:
    refuse_unsafe(
        [
            "train/dog-0bt9lr/0123456789abcdef.jpg",
            "test/dog-0bt9lr/0123456789abcdf0.jpg",
            "train/t-shirt_x-01n4qj/0123456789abcdef.jpg",
            "train/תפוח-01n4qj/0123456789abcdef.jpg",
            "class-descriptions.csv",
            "MANIFEST.jsonl",
        ]
    )


@given(st.lists(PIECES, min_size=1, max_size=6).map("/".join))
def test_whatever_is_let_through_stays_inside(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    folder = Path("/some/folder")
    try:
        refuse_unsafe([path])
    except Refused:
        return
    assert inside(folder, path).resolve().is_relative_to(folder)


def test_a_link_that_leads_out_is_not_written_through(tmp_path: Path) -> None:
    folder, outside = tmp_path / "release", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "train").symlink_to(outside)
    (folder / "a.jpg").symlink_to(outside / "a.jpg")
    for path in ("train/a.jpg", "a.jpg"):
        with pytest.raises(Refused, match="link"):
            inside(folder, path)
