"""The network that a fresh hub looks with: it is there, it is whole, and it names what it sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from deploy.demo.sample_crowd.scenes import shipped
from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision import lite
from imagehub.vision.featurizer import Featurizer, Looks
from imagehub.vision.registry import choose


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


def test_a_fresh_machine_looks_with_it(tmp_path: Path) -> None:
    networks = choose(Settings(models=tmp_path))
    assert networks.classes is not None
    assert networks.embedding.network.name == networks.classes.network.name == lite.NAME
    assert networks.embedding.network.sha256 == lite.SHA256


def test_files_of_other_networks_are_used_where_they_are_named(shared: Path) -> None:
    models = shared / "models"
    assert choose(Settings(models=models)).embedding.network.name == lite.NAME
    named = Settings(
        models=models,
        embedding_network="mobilenet-v1-embedding",
        class_network="mobilenet-v2-imagenet",
    )
    networks = choose(named)
    assert networks.classes is not None
    assert networks.embedding.network.name == "mobilenet-v1-embedding"
    assert networks.classes.network.name == "mobilenet-v2-imagenet"


def test_it_tells_oranges_from_stripes(looker: Featurizer) -> None:
    looks: Looks = looker.look([photo(kind, at) for kind in ("orange", "cloth") for at in range(4)])
    assert looks.features.shape == (8, lite.EMBEDDING.outputs)
    units = looks.features / np.linalg.norm(looks.features, axis=1, keepdims=True)
    centred = units - units.mean(axis=0)
    alike = centred @ centred.T
    same = np.repeat([0, 1], 4)[:, None] == np.repeat([0, 1], 4)[None]
    assert alike[same].min() > alike[~same].max()


def test_it_names_everyday_things_that_were_rendered(looker: Featurizer) -> None:
    banana, mug = "/m/09qck", "/m/02jvh9"
    found = {}
    for mid in (banana, mug):
        scenes = [scene for scene in shipped().crowd if scene.label.mid == mid][:8]
        views = [np.asarray(Image.open(scene.file).convert("RGB")) for scene in scenes]
        found[mid] = sum(mid in classes for classes in looker.look(views).classes)
        assert found[mid] >= len(scenes) // 2, found


def test_its_probabilities_are_shares(looker: Featurizer) -> None:
    (classes,) = looker.look([photo("orange", 1)]).classes
    assert all(0 < share <= 1 for share in classes.values())
    assert sum(classes.values()) <= 1.001


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_weights_that_are_not_the_known_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "missing":
        monkeypatch.setattr(lite, "PACKAGE", "no_such_package_of_weights")
    else:
        monkeypatch.setattr(lite, "SHA256", "0" * 64)
    with pytest.raises(Misconfigured, match="Install the hub again"):
        lite.model()
