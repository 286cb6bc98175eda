"""The drawn crowd: the same on every run, and as its truth.csv says."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagehub.catalogue.labels import boxable_taxonomy
from ingestion.crowd import UNDECODABLE, Crowd, Truth, read_crowd, read_truth
from ingestion.sample_crowd.crowd import PLAN, kinds, write_crowd
from ingestion.sample_crowd.drawings import DRAWINGS
from ingestion.sample_crowd.scenes import photograph

UPLOADS = 120


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    folder = tmp_path_factory.mktemp("crowd")
    write_crowd(folder, UPLOADS, seed=5)
    return read_crowd(folder)


@pytest.fixture(scope="module")
def truth(crowd: Crowd) -> dict[str, Truth]:
    told = read_truth(crowd.folder)
    assert told is not None
    return told


def photos(crowd: Crowd, truth: dict[str, Truth], kind: str) -> dict[str, bytes]:
    return {
        upload.name: upload.file.read_bytes()
        for upload in crowd.uploads
        if truth[upload.name].kind == kind
    }


def test_every_drawn_thing_is_a_boxable_label_of_open_images() -> None:
    assert set(DRAWINGS) <= set(boxable_taxonomy().labels)


def test_a_crowd_of_the_usual_size_has_every_kind_in_its_share() -> None:
    counts = Counter(kinds(260, seed=1))
    assert counts.total() == 260
    for kind, share in PLAN.items():
        assert int(share * 260) <= counts[kind] <= share * 260 + len(PLAN)


def test_the_same_seed_writes_the_same_bytes(crowd: Crowd, tmp_path: Path) -> None:
    write_crowd(tmp_path, UPLOADS, seed=5)
    for file in sorted(crowd.folder.rglob("*.*")):
        again = tmp_path / file.relative_to(crowd.folder)
        assert again.read_bytes() == file.read_bytes(), file.name


def test_exact_duplicates_repeat_their_originals_bytes(
    crowd: Crowd, truth: dict[str, Truth]
) -> None:
    originals = photos(crowd, truth, "good")
    repeated = photos(crowd, truth, "exact_duplicate")
    assert repeated
    for name, data in repeated.items():
        assert data == originals[truth[name].original]
    everything = [upload.file.read_bytes() for upload in crowd.uploads]
    distinct = {hashlib.sha256(data).digest() for data in everything if data}
    empty = sum(not data for data in everything)
    assert len(everything) - len(distinct) - empty == len(repeated)


def test_near_duplicates_look_like_their_originals_and_differ_in_bytes(
    crowd: Crowd, truth: dict[str, Truth]
) -> None:
    originals = photos(crowd, truth, "good")
    for name, data in photos(crowd, truth, "near_duplicate").items():
        original = originals[truth[name].original]
        assert data != original
        difference = np.abs(_small(data) - _small(original)).mean()
        assert difference < 30, f"{name} differs by {difference:.0f} grey levels"


def test_only_the_undecodable_kinds_cannot_be_decoded(
    crowd: Crowd, truth: dict[str, Truth]
) -> None:
    for upload in crowd.uploads:
        assert _decodes(upload.file.read_bytes()) == (truth[upload.name].kind not in UNDECODABLE), (
            upload.name
        )


def test_only_the_tiny_ones_are_smaller_than_64_pixels(
    crowd: Crowd, truth: dict[str, Truth]
) -> None:
    for upload in crowd.uploads:
        if truth[upload.name].kind not in UNDECODABLE:
            short_side_pixels = min(Image.open(upload.file).size)
            assert (short_side_pixels < 64) == (truth[upload.name].kind == "tiny"), upload.name


def test_wrong_labels_are_claimed_and_good_ones_are_true(
    crowd: Crowd, truth: dict[str, Truth]
) -> None:
    names = {label.mid: label.name for label in DRAWINGS}
    for upload in crowd.uploads:
        told = truth[upload.name]
        if told.true_label:
            is_true = names[upload.mid] == told.true_label
            assert is_true == (told.kind != "wrong_label"), upload.name


def test_things_can_be_told_apart_by_their_pixels() -> None:
    """A nearest neighbour on coarse colours names most drawings: the labels are no accident."""
    seen = {label: [_coarse(photograph(label, f"a/{n}")) for n in range(6)] for label in DRAWINGS}
    right = 0
    for label in DRAWINGS:
        for number in range(3):
            one = _coarse(photograph(label, f"b/{number}"))
            nearest = min(
                seen, key=lambda other, one=one: min(np.abs(one - two).sum() for two in seen[other])
            )
            right += nearest == label
    assert right / (3 * len(DRAWINGS)) > 4 / len(DRAWINGS)


def _small(data: bytes) -> np.ndarray:
    photo = Image.open(io.BytesIO(data)).convert("L").resize((24, 24), Image.Resampling.BOX)
    return np.asarray(photo, dtype=float)


def _coarse(photo: Image.Image) -> np.ndarray:
    hsv = np.asarray(photo.convert("HSV").resize((48, 48), Image.Resampling.BOX), dtype=float)
    hues, _ = np.histogram(hsv[..., 0], bins=16, range=(0, 256), weights=hsv[..., 1] ** 2)
    return hues / (hues.sum() + 1)


def _decodes(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data)).load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
