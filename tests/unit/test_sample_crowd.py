"""The sample crowd: the same on every machine, and as its truth.csv says."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from deploy.demo.sample_crowd.crowd import write_crowd
from deploy.demo.sample_crowd.damage import NEAR_COPIES
from deploy.demo.sample_crowd.people import PEOPLE
from deploy.demo.sample_crowd.plan import SENT_AGAIN, SENT_SO, PlannedUpload, plan
from deploy.demo.sample_crowd.scenes import TRAITS, Scenes, read_scenes, shipped
from imagehub.errors import Misconfigured
from ingestion.simulation.crowd import UNDECODABLE, Crowd, Truth, read_crowd, read_truth
from tests.factories.scenes import drawn_scenes

PHOTOS_EACH = 30
LEAST_THINGS = 12
LEAST_PHOTOS_EACH = 40


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    return shipped(drawn_scenes(tmp_path_factory.mktemp("scenes") / "set", PHOTOS_EACH))


@pytest.fixture(scope="module")
def sendings(scenes: Scenes) -> list[PlannedUpload]:
    return plan(scenes.crowd, seed=5)


@pytest.fixture(scope="module")
def crowd(sendings: list[PlannedUpload], tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    folder = tmp_path_factory.mktemp("crowd")
    write_crowd(folder, sendings)
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


def test_every_photo_is_sent_once_and_some_once_more(
    scenes: Scenes, sendings: list[PlannedUpload]
) -> None:
    firsts = [upload.scene.file for upload in sendings if upload.kind not in SENT_AGAIN]
    assert sorted(firsts) == sorted(scene.file for scene in scenes.crowd)
    again = [upload.scene.file for upload in sendings if upload.kind in SENT_AGAIN]
    assert set(again) <= set(firsts)


def test_every_kind_has_its_share_of_the_photos(
    scenes: Scenes, sendings: list[PlannedUpload]
) -> None:
    counts = Counter(upload.kind for upload in sendings)
    for kind, share in {**SENT_SO, **SENT_AGAIN}.items():
        assert counts[kind] == round(share * len(scenes.crowd)), kind


def test_a_copy_comes_after_the_good_photo_that_it_repeats(sendings: list[PlannedUpload]) -> None:
    place = {upload.name: number for number, upload in enumerate(sendings)}
    repeats = [upload for upload in sendings if upload.original]
    assert {upload.kind for upload in repeats} == {"exact_duplicate", "near_duplicate"}
    for upload in repeats:
        first = sendings[place[upload.original]]
        assert (first.kind, first.scene) == ("good", upload.scene)
        assert place[first.name] < place[upload.name]
        assert first.sent_at <= upload.sent_at


def test_wrong_labels_are_claimed_and_all_others_are_true(sendings: list[PlannedUpload]) -> None:
    for upload in sendings:
        assert (upload.claimed == upload.scene.label) == (upload.kind != "wrong_label"), upload.name


def test_the_careful_err_less_often_than_the_sloppy(scenes: Scenes) -> None:
    sent: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for seed in range(20):
        for upload in plan(scenes.crowd, seed):
            sent[upload.sender.kind] += 1
            wrong[upload.sender.kind] += upload.kind == "wrong_label"
    assert wrong["careful"] / sent["careful"] < wrong["sloppy"] / sent["sloppy"] / 3
    assert sent["bulk sender"] / sent.total() > 1 / len(PEOPLE)


def test_the_same_plan_writes_the_same_bytes(crowd: Crowd, scenes: Scenes, tmp_path: Path) -> None:
    write_crowd(tmp_path, plan(scenes.crowd, seed=5))
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


@pytest.mark.parametrize("way", NEAR_COPIES)
def test_a_near_copy_looks_like_its_photo_and_differs_in_bytes(way: str, scenes: Scenes) -> None:
    for number, scene in enumerate(scenes.crowd[:8]):
        photo = Image.open(scene.file).convert("RGB")
        data = NEAR_COPIES[way](photo, random.Random(number))
        assert data != scene.file.read_bytes()
        expected = ImageOps.mirror(photo) if way == "mirrored" else photo
        difference = np.abs(_small(Image.open(io.BytesIO(data))) - _small(expected)).mean()
        assert difference < 30, f"{scene.file.name} differs by {difference:.0f} grey levels"


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


def test_where_no_photos_came_along_one_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="came without its photos"):
        shipped(tmp_path)


def test_what_ships_is_a_crowd_worth_looking_at() -> None:
    everything = shipped()
    of_thing = Counter(scene.thing for scene in (*everything.crowd, *everything.late))
    assert len(of_thing) >= LEAST_THINGS
    assert min(of_thing.values()) >= LEAST_PHOTOS_EACH
    assert len({scene.thing for scene in everything.late}) == len(everything.late) == 10
    for scene in read_scenes():
        assert scene.file.is_file(), scene.file.name
        assert len(scene.traits) == len(TRAITS)
        assert all(scene.traits), scene.file.name


def test_the_command_writes_a_crowd_that_can_be_read(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.demo.sample_crowd", str(tmp_path / "crowd")],
        capture_output=True,
        text=True,
        check=True,
    )
    uploads = read_crowd(tmp_path / "crowd").uploads
    assert done.stdout.startswith(f"{len(uploads)} uploads")
    assert 600 <= len(uploads) <= 800


def _small(photo: Image.Image) -> np.ndarray:
    return np.asarray(photo.convert("L").resize((24, 24), Image.Resampling.BOX), dtype=float)


def _decodes(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data)).load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
