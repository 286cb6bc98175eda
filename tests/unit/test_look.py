"""Looking at photos, beside the plain computation that says what must come out."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as any_of
from PIL import Image

from imagehub.catalogue.verification.image_checks import Unchecked
from imagehub.findings import BRIGHT, DARK, UNREADABLE
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vision.embedder import Embedder
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.projection import Projection, random_projection
from imagehub.vision.registry import choose
from spark_jobs.verify.look import ViewedPhoto, in_threads, look, read_photos

SIZES = ((320, 240), (512, 384), (200, 500), (96, 96), (64, 70))


def drawing(seed: int) -> Image.Image:
    """Coarse noise, dark or bleached now and then."""
    dice = np.random.default_rng(seed)
    coarse = Image.fromarray(dice.integers(0, 256, (40, 50, 3), dtype=np.uint8))
    picture = coarse.resize(SIZES[seed % len(SIZES)], Image.Resampling.NEAREST)
    if seed % 4 == 2:
        return picture.point(lambda level: level // 20)
    return picture.point(lambda level: 235 + level // 20) if seed % 4 == 3 else picture


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(str(tmp_path / "objects"))


@pytest.fixture
def images(store: FolderStore) -> list[Unchecked]:
    """Twelve stored views; the view of the last image is missing."""
    made = []
    for seed in range(12):
        file = io.BytesIO()
        picture = drawing(seed)
        picture.save(file, "JPEG", quality=90)
        digest = f"{seed:064x}"
        if seed < 11:
            store.put(keys.view(digest), file.getvalue())
        made.append(Unchecked(digest[-16:], digest, *picture.size, ()))
    return made


def plain_embedding(
    jpeg: bytes, featurizer: Featurizer, projection: Projection
) -> npt.NDArray[np.float64]:
    """One photo alone, in double precision after the network."""
    side = featurizer.networks.embedding.network.side_pixels
    with Image.open(io.BytesIO(jpeg)) as view:
        small = view.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=3.0)
    features = featurizer.look([np.asarray(small)]).features[0].astype(np.float64)
    rooted = np.sign(features) * np.sqrt(np.abs(features))
    placed = (rooted / np.linalg.norm(rooted) - projection.mean) @ projection.basis
    return np.asarray(placed / np.linalg.norm(placed), np.float64)


def plain_codes(jpeg: bytes) -> set[str]:
    """Dark and bright, by sorting floats."""
    with Image.open(io.BytesIO(jpeg)) as view:
        darkest, lightest = np.percentile(np.asarray(view) @ [0.299, 0.587, 0.114], (1, 99))
    found = {DARK.code} if lightest < DARK.threshold else set()
    return found | ({BRIGHT.code} if darkest > BRIGHT.threshold else set())


def test_a_look_says_what_the_plain_computation_says(
    store: FolderStore, images: list[Unchecked], tmp_path: Path
) -> None:
    featurizer = Featurizer(choose(Settings(models=tmp_path / "none")))
    projection = random_projection(featurizer.networks.embedding.network.outputs)
    checks = look(list(read_photos(store, images)), Embedder(featurizer, projection))
    assert [check.image_id for check in checks] == [image.image_id for image in images]
    codes: set[str] = set()
    for image, check in list(zip(images, checks, strict=True))[:-1]:
        jpeg = store.get(keys.view(image.photo_sha256))
        plain = plain_embedding(jpeg, featurizer, projection)
        digit = np.spacing(np.abs(plain).astype(np.float16)).astype(np.float64)
        assert (np.abs(check.embedding.astype(np.float16) - plain) <= digit).all()
        found = {finding.code for finding in check.findings} & {DARK.code, BRIGHT.code}
        assert found == plain_codes(jpeg)
        codes |= found
    assert codes == {DARK.code, BRIGHT.code}


def test_a_photo_that_is_missing_is_unreadable_and_holds_no_other_up(
    store: FolderStore, images: list[Unchecked], tmp_path: Path
) -> None:
    featurizer = Featurizer(choose(Settings(models=tmp_path / "none")))
    projection = random_projection(featurizer.networks.embedding.network.outputs)
    checks = look(list(read_photos(store, images[::-1])), Embedder(featurizer, projection))
    assert [finding.code for finding in checks[0].findings] == [UNREADABLE.code]
    assert not checks[0].embedding.any()
    assert all(check.embedding.any() for check in checks[1:])


@given(any_of.lists(any_of.integers()), any_of.integers(1, 4), any_of.integers(1, 9))
def test_threads_keep_the_order_and_stay_within_their_bound(
    numbers: list[int], threads: int, ahead: int
) -> None:
    taken = 0

    def take() -> Iterator[int]:
        nonlocal taken
        for number in numbers:
            taken += 1
            yield number

    made = []
    for number in in_threads(lambda item: -item, take(), threads, ahead):
        made.append(number)
        assert taken - len(made) <= ahead
    assert made == [-number for number in numbers]


def test_what_fails_in_a_thread_fails_where_it_is_asked_for() -> None:
    doubled = in_threads(lambda item: 1 // item, [1, 0], 1, 2)
    with pytest.raises(ZeroDivisionError):
        list(doubled)


def test_no_network_keeps_its_threads_on_one_core(tmp_path: Path) -> None:
    code = (
        "import os, sys, numpy as np; from pathlib import Path;"
        "from imagehub.settings import Settings; from imagehub.vision.registry import choose;"
        "from imagehub.vision.featurizer import Featurizer;"
        "view = np.zeros((96, 96, 3), np.uint8);"
        "Featurizer(choose(Settings(models=Path(sys.argv[1])))).look([view] * 4);"
        "everywhere = os.sched_getaffinity(0);"
        "threads = [os.sched_getaffinity(int(t)) for t in os.listdir('/proc/self/task')];"
        "print(len(threads) > 1, all(one == everywhere for one in threads))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == ["True", "True"]


def test_a_photo_that_the_network_cannot_take_holds_no_other_up(
    store: FolderStore, images: list[Unchecked], tmp_path: Path
) -> None:
    featurizer = Featurizer(choose(Settings(models=tmp_path / "none")))
    projection = random_projection(featurizer.networks.embedding.network.outputs)
    first, *others = read_photos(store, images[:3])
    flat = ViewedPhoto(first.image, np.zeros((8, 8), np.uint8))  # no colours
    checks = look([flat, *others], Embedder(featurizer, projection))
    assert [check.findings[0].code for check in checks[:1]] == [UNREADABLE.code]
    assert all(np.any(check.embedding) for check in checks[1:])
