"""The network that ships with the hub: it is whole, it is small, and it tells things apart."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from imagehub.settings import Settings
from imagehub.vision import class_map
from imagehub.vision.card import WEIGHTS_FILE
from imagehub.vision.featurizer import Featurizer, Looks
from imagehub.vision.prepared import Prepared, prepared, require_intact
from imagehub.vision.registry import choose
from imagehub.vision.shipped import starter, unpacked

MOST_BYTES = 8_000_000
LEAST_OVERLAP = 0.97


@pytest.fixture(scope="module")
def shipped() -> Prepared:
    (only,) = prepared(starter())
    return only


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Featurizer:
    return Featurizer(choose(Settings(models=tmp_path_factory.mktemp("no models"))))


def photo(kind: str, seed: int) -> npt.NDArray[np.uint8]:
    """An orange on a table, or stripes as of cloth; both differ from seed to seed."""
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", (160, 120), tuple(int(part) for part in dice.integers(90, 210, 3)))
    pen = ImageDraw.Draw(picture)
    left, top = (int(part) for part in dice.integers(10, 40, 2))
    if kind == "orange":
        pen.ellipse((left, top, left + 75, top + 75), (240, 140, 20))
        pen.ellipse((left + 20, top + 15, left + 40, top + 32), (255, 190, 90))
    else:
        for x in range(left % 9, 160, 9):
            pen.line((x, 0, x + 20, 120), (20, 20, 60), 4)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(1)))


def test_a_fresh_machine_looks_with_the_starter(tmp_path: Path, shipped: Prepared) -> None:
    networks = choose(Settings(models=tmp_path))
    assert networks.classes is not None
    assert networks.embedding.network.name == networks.classes.network.name == shipped.folder.name
    assert networks.embedding.path is not None
    assert networks.embedding.path.parent == shipped.folder


def test_real_networks_come_before_the_starter(shared: Path) -> None:
    networks = choose(Settings(models=shared / "models"))
    assert networks.embedding.network.name == "mobilenet-v1-embedding"
    assert networks.classes is not None
    assert networks.classes.network.name == "mobilenet-v2-imagenet"


def test_the_starter_is_chosen_by_its_name(tmp_path: Path, shipped: Prepared) -> None:
    named = Settings(
        models=tmp_path, embedding_network="starter-resnet", class_network=shipped.folder.name
    )
    networks = choose(named)
    assert networks.classes is not None
    assert networks.classes.network.sha256 == networks.embedding.network.sha256


def test_the_starter_is_whole_and_small(shipped: Prepared) -> None:
    require_intact(shipped)
    assert (shipped.folder / WEIGHTS_FILE).stat().st_size <= MOST_BYTES
    assert shipped.card.precision == "int8"
    assert shipped.card.figures is not None
    assert shipped.card.figures.neighbour_overlap is not None
    assert shipped.card.figures.neighbour_overlap >= LEAST_OVERLAP


def test_the_card_says_what_it_was_trained_on_and_what_it_is_worth(shipped: Prepared) -> None:
    training = shipped.card.training
    assert training is not None
    assert "ImageNet" in training.data[0]
    assert "research" in shipped.card.licence
    assert training.measured["crowd_linear_probe_accuracy"] >= 0.75
    assert 0 < training.measured["packed_top1"] < 1
    assert shipped.card.limits


def test_most_of_its_classes_are_labels(shipped: Prepared) -> None:
    assert shipped.card.classes is not None
    count = shipped.card.classes.count
    meaning = class_map.load(str(shipped.folder / "labels.csv"), count)
    assert sum(mid is not None for mid in meaning.mids) > 0.9 * count
    assert ("/m/01t032", "/m/0bt9lr") in meaning.is_a  # a golden retriever is a dog


def test_it_tells_oranges_from_stripes(looker: Featurizer, shipped: Prepared) -> None:
    looks: Looks = looker.look([photo(kind, at) for kind in ("orange", "cloth") for at in range(4)])
    assert shipped.card.features is not None
    assert looks.features.shape == (8, shipped.card.features.count)
    units = looks.features / np.linalg.norm(looks.features, axis=1, keepdims=True)
    centred = units - units.mean(axis=0)
    alike = centred @ centred.T
    same = np.repeat([0, 1], 4)[:, None] == np.repeat([0, 1], 4)[None]
    assert alike[same].min() > alike[~same].max()


def test_its_probabilities_are_shares(looker: Featurizer) -> None:
    (classes,) = looker.look([photo("orange", 1)]).classes
    assert all(0 < share <= 1 for share in classes.values())
    assert sum(classes.values()) <= 1.001


def test_the_starter_is_unpacked_beside_an_archive_of_the_code(tmp_path: Path) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as code:
        for file in starter().rglob("*"):
            code.write(file, f"imagehub/vision/starter/{file.relative_to(starter())}")
        code.writestr("imagehub/__init__.py", "")
    first = unpacked(archive)
    assert unpacked(archive) == first
    (only,) = prepared(first)
    require_intact(only)
    assert sorted(place.name for place in tmp_path.iterdir()) == ["code.zip", "code.zip.starter"]
