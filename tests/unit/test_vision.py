"""The registry of networks, what their outputs mean, and looking with them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from imagehub.errors import Misconfigured
from imagehub.settings import Settings, variable
from imagehub.vision import class_map, drawn
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.network import Scores
from imagehub.vision.registry import DRAWN, MOBILENET_V2_IMAGENET, NETWORKS, choose


def drawing(shape: str, colour: tuple[int, int, int], at: int = 20) -> npt.NDArray[np.uint8]:
    picture = Image.new("RGB", (160, 120), (225, 225, 220))
    pen = ImageDraw.Draw(picture)
    box = (at, at, at + 70, at + 70)
    if shape == "stripes":
        for x in range(box[0], box[2], 8):
            pen.line((x, box[1], x, box[3]), colour, 3)
    else:
        (pen.ellipse if shape == "circle" else pen.rectangle)(box, colour)
    return np.asarray(picture)


@pytest.fixture(scope="module")
def drawn_only(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("no models")
    return Settings(models=folder, embedding_network="drawn", class_network="none")


@pytest.fixture
def models(shared: Path) -> Settings:
    return Settings(models=shared / "models")


def test_the_network_made_in_code_is_used_by_its_name(drawn_only: Settings) -> None:
    networks = choose(drawn_only)
    assert networks.embedding.network is DRAWN
    assert networks.classes is None
    assert networks.describe() == {"embedding": {"name": "drawn", "sha256": drawn.digest()}}


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("embedding_network", "mobilenet-v1-embedding", "is missing"),
        ("class_network", "mobilenet-v2-imagenet", "is missing"),
        ("embedding_network", "resnet-900", "is no embedding network"),
        ("class_network", "drawn", "is no classes network"),
        ("embedding_network", "none", "cannot work"),
    ],
)
def test_a_network_that_cannot_be_used_is_named(
    tmp_path: Path, setting: str, value: str, words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        choose(Settings(models=tmp_path, **{setting: value}))


def test_a_network_file_with_other_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / str(MOBILENET_V2_IMAGENET.file)).write_bytes(b"something else")
    with pytest.raises(Misconfigured, match="sha256"):
        choose(Settings(models=tmp_path, class_network=MOBILENET_V2_IMAGENET.name))


def test_the_network_made_in_code_tells_drawings_apart(drawn_only: Settings) -> None:
    views = [
        drawing(shape, colour, at)
        for shape, colour in (("circle", (200, 30, 30)), ("stripes", (20, 20, 20)))
        for at in (20, 30, 40)
    ] + [drawing("circle", (20, 60, 200), at) for at in (20, 30, 40)]
    features = Featurizer(choose(drawn_only)).look(views).features
    assert features.shape == (9, drawn.FEATURES)
    rooted = np.sqrt(features) / np.linalg.norm(np.sqrt(features), axis=1, keepdims=True)
    centred = rooted - rooted.mean(axis=0)
    alike = centred @ centred.T
    kinds = np.repeat([0, 1, 2], 3)
    same = kinds[:, None] == kinds[None]
    assert alike[same].min() > alike[~same].max()


def test_the_network_made_in_code_gives_the_same_in_every_process(drawn_only: Settings) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path;"
        "from imagehub.settings import Settings; from imagehub.vision.registry import choose;"
        "from imagehub.vision.featurizer import Featurizer;"
        "view = (np.arange(96 * 96 * 3) % 251).astype(np.uint8).reshape(96, 96, 3);"
        "known = dict(embedding_network='drawn', class_network='none');"
        "networks = choose(Settings(models=Path(sys.argv[1]), **known));"
        "looks = Featurizer(networks, 1).look([view, view]);"
        "print(looks.features.tobytes().hex())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(drawn_only.models)],
            check=True,
            capture_output=True,
        ).stdout
        for _ in range(2)
    }
    assert len(said) == 1


def test_looks_do_not_depend_on_company_or_threads(drawn_only: Settings) -> None:
    views = [drawing("circle", (9, 99, 200), at) for at in (5, 15, 25, 35)]
    networks = choose(drawn_only)
    together = Featurizer(networks, threads=2).look(views).features
    alone = np.concatenate([Featurizer(networks).look([view]).features for view in views])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert Featurizer(networks).look([]).features.shape == (0, drawn.FEATURES)


def test_networks_from_files_name_what_they_see(models: Settings) -> None:
    named = {
        "embedding_network": "mobilenet-v1-embedding",
        "class_network": "mobilenet-v2-imagenet",
    }
    networks = choose(replace(models, **named))
    assert networks.classes is not None
    views = [drawing("circle", (230, 120, 20)), drawing("stripes", (0, 0, 0))]
    looks = Featurizer(networks, threads=2).look(views)
    assert looks.features.shape == (2, 1024)
    assert looks.features.max() > 0
    for classes in looks.classes:
        assert len(classes) <= class_map.MOST_LABELS[Scores.SOFTMAX]
        assert list(classes.values()) == sorted(classes.values(), reverse=True)
        assert all(0 < p <= 1 for p in classes.values())


def test_outputs_of_one_label_add_up_and_the_background_has_none() -> None:
    meaning = class_map.load("imagenet.csv", 1001)
    chickens = [i for i, mid in enumerate(meaning.mids) if mid == meaning.mids[9]]
    scores = np.zeros(1001, np.float32)
    scores[0] = 0.5
    scores[chickens] = 0.3
    assert meaning.mids[0] is None
    assert meaning.likeliest(scores) == {str(meaning.mids[9]): pytest.approx(0.3 * len(chickens))}


def test_a_dalmatian_is_a_dog_and_no_edge_is_deeper_than_one() -> None:
    meaning = class_map.load("imagenet.csv", 1001)
    assert ("/m/02rjc05", "/m/0bt9lr") in meaning.is_a
    children = {child for child, _ in meaning.is_a}
    assert not children & {parent for _, parent in meaning.is_a}


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: f"{network.name} {network.kind}")
def test_every_network_is_listed_by_the_command(network: object, tmp_path: Path) -> None:
    environment = {variable("models"): str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [sys.executable, "-m", "imagehub.vision", "list"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout
    line = next(line for line in said.splitlines() if line.startswith(network.name))  # type: ignore[attr-defined]  # the parametrised object is a Network
    assert ("in use" in line) == (network.name == "efficientnet-lite2")  # type: ignore[attr-defined]
    used = [line for line in said.splitlines() if "in use" in line]
    assert [line.split()[0] for line in used] == ["efficientnet-lite2"] * 2
