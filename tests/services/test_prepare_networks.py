"""An operator's own network, from its file to the hub's looks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagehub.errors import Conflict, Misconfigured, Refused
from imagehub.hub import open_store
from imagehub.photo import digest, land
from imagehub.settings import Settings, variable
from imagehub.storage import keys
from imagehub.vision import class_map, own_file
from imagehub.vision import prepare as preparing
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.graph import is_quantised
from imagehub.vision.network import Scores
from imagehub.vision.prepare import prepare
from imagehub.vision.prepared import Prepared, prepared
from imagehub.vision.quantise import outputs
from imagehub.vision.registry import MOBILENET_V2_IMAGENET, choose
from imagehub.vision.sample import PhotoSample, draw, from_folder
from tests import own_networks
from tests.own_networks import MIDS, SIDE, drawings
from tests.photos import save

WRITERS: dict[str, Callable[[Path], Path]] = {
    "own.onnx": own_networks.write_onnx,
    "own-saved-model": own_networks.write_saved_model,
    "own.tflite": own_networks.write_tflite,
}


def described(folder: Path, file: str = "own.onnx", **changes: object) -> Path:
    """A description of one of own_networks's files, with changes; None leaves a key out."""
    is_onnx = file.endswith(".onnx")
    text = {
        "name": "own",
        "source": "drawn for a test",
        "licence": "CC0",
        "file": file,
        "side_pixels": SIDE,
        "layout": "NCHW" if is_onnx else "NHWC",
        "features": "pooled" if is_onnx else None,
        "classes": "classes",
        "from_logits": None,
        "scores": "softmax",
        "labels": "labels.txt",
        **changes,
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in text.items() if value is not None]
    (folder / "labels.txt").write_text("".join(f"{mid},a remark\n" for mid in MIDS))
    (folder / "own.toml").write_text("".join(lines))
    return folder / "own.toml"


def silent(step: str) -> None:
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    own_networks.write_onnx(made / "own.onnx")
    return made


@pytest.fixture(scope="module")
def sample() -> PhotoSample:
    views = drawings(240)
    return draw([views[place] for place in np.random.default_rng(0).permutation(240)], SIDE)


@pytest.fixture(scope="module")
def own(folder: Path, sample: PhotoSample, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The network in int8, prepared once for all tests."""
    models = tmp_path_factory.mktemp("models")
    return prepare(own_file.open_own(described(folder)), sample, models, silent)


def test_a_network_that_keeps_what_it_says_becomes_int8(own: Prepared) -> None:
    assert own.card.precision == "int8"
    assert own.card.figures is not None
    assert own.card.figures.calibrated_on == own.card.figures.compared_on == 120
    assert own.card.figures.least() >= 0.97
    assert own.card.folder() == own.folder.name
    assert "I8" in (own.folder / "network.xml").read_text().upper()


def test_int8_that_says_something_else_is_refused_and_fp32_kept(
    folder: Path, tmp_path: Path
) -> None:
    dark = [view // 12 for view in drawings(40)]
    source = own_file.open_own(described(folder))
    said: list[str] = []
    made = prepare(source, PhotoSample(dark, drawings(100, seed=4)), tmp_path, said.append)
    assert made.card.precision == "fp32"
    assert made.card.figures is not None
    assert made.card.figures.least() < 0.97
    assert "int8 is refused, 0.97 is needed; fp32 is kept" in said
    views = drawings(9, seed=1)
    looks = Featurizer(choose(Settings(models=tmp_path))).look(views)
    np.testing.assert_allclose(looks.features, outputs(source.model, views).features, rtol=1e-4)


def test_a_prepared_network_is_found_by_name_and_by_its_folder(own: Prepared) -> None:
    models = own.folder.parent
    for name in ("own", own.folder.name):
        networks = choose(Settings(models=models, embedding_network=name, class_network=name))
        assert networks.describe() == {
            role: {"name": own.folder.name, "sha256": own.card.sha256()}
            for role in ("embedding", "classes")
        }
    assert choose(Settings(models=models)).embedding.network.name == own.folder.name


def test_one_forward_gives_features_and_classes(own: Prepared) -> None:
    networks = choose(Settings(models=own.folder.parent))
    featurizer = Featurizer(networks)
    assert featurizer._classes is featurizer._embedding
    views = drawings(40, seed=3)
    looks = featurizer.look(views)
    assert looks.features.shape == (40, 30)
    assert looks.features.dtype == np.float32
    named = [next(iter(classes)) for classes in looks.classes]
    right = [name == MIDS[number % len(MIDS)] for number, name in enumerate(named)]
    assert np.mean(right) > 0.9
    apart = Featurizer(choose(Settings(models=own.folder.parent, class_network="none")))
    np.testing.assert_array_equal(apart.look(views).features, looks.features)


def test_one_that_is_prepared_again_lies_beside_the_earlier_one(
    folder: Path, tmp_path: Path
) -> None:
    prepare(own_file.open_own(described(folder)), None, tmp_path, silent)
    earlier = choose(Settings(models=tmp_path))
    prepare(own_file.open_own(described(folder, mean=[9.0, 9.0, 9.0])), None, tmp_path, silent)
    later = choose(Settings(models=tmp_path, embedding_network="own"))
    assert later.describe() != earlier.describe()
    names = {
        f"{'class' if role == 'classes' else role}_network": network["name"]
        for role, network in earlier.describe().items()
    }
    assert choose(Settings(models=tmp_path, **names)) == earlier  # type: ignore[arg-type] # names


def test_changed_bytes_and_changed_cards_are_refused(
    folder: Path, sample: PhotoSample, tmp_path: Path
) -> None:
    made = prepare(own_file.open_own(described(folder)), None, tmp_path, silent)
    weights = made.folder / "network.bin"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(Misconfigured, match="missing or was changed"):
        choose(Settings(models=tmp_path))
    data[-1] ^= 1
    weights.write_bytes(data)
    choose(Settings(models=tmp_path))
    card = made.folder / "card.json"
    card.write_text(card.read_text().replace('"softmax"', '"sigmoid"'))
    with pytest.raises(Misconfigured, match="does not hold what its name says"):
        choose(Settings(models=tmp_path))
    card.write_text("{}")
    with pytest.raises(Misconfigured, match="no card"):
        choose(Settings(models=tmp_path))


@pytest.mark.parametrize("file", WRITERS)
def test_every_format_says_the_same(file: str, tmp_path: Path) -> None:
    WRITERS[file](tmp_path / file)
    onnx = own_networks.write_onnx(tmp_path / "own.onnx")
    views = drawings(8, seed=8)
    wanted = outputs(own_file.open_own(described(tmp_path, onnx.name)).model, views)
    names = {"features": "pooled", "classes": "logits", "from_logits": True}
    if file.endswith(".tflite"):
        names = {"features": "PartitionedCall:1", "classes": "PartitionedCall:0",
                 "from_logits": True}  # fmt: skip
    if file != onnx.name:
        source = own_file.open_own(described(tmp_path, file, **names))
        ours = outputs(source.model, views)
        np.testing.assert_allclose(ours.features, wanted.features, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(ours.probabilities, wanted.probabilities, atol=1e-3)


def test_a_real_network_as_ones_own_says_what_the_known_one_says(
    shared: Path, tmp_path: Path
) -> None:
    mids = class_map.load("imagenet.csv", 1001).mids
    (tmp_path / "imagenet.txt").write_text("".join(f"{mid or ''}\n" for mid in mids))
    description = described(
        tmp_path,
        str(shared / "models" / str(MOBILENET_V2_IMAGENET.file)),
        side_pixels=224,
        classes=MOBILENET_V2_IMAGENET.layer,
        labels="imagenet.txt",
        unit=1 / 256,
    )
    source = own_file.open_own(description)
    assert is_quantised(source.model)
    assert prepare(source, None, tmp_path / "models", silent).card.precision == "int8"
    known = choose(Settings(models=shared / "models", class_network=MOBILENET_V2_IMAGENET.name))
    own = choose(Settings(models=tmp_path / "models"))
    views = [view.repeat(3, axis=0).repeat(3, axis=1) for view in drawings(6)]
    one, other = (Featurizer(networks).look(views).classes for networks in (known, own))
    assert one == other
    assert all(one)


def test_the_hubs_pixels_are_turned_into_what_the_network_was_trained_with(folder: Path) -> None:
    views = drawings(4, seed=2)
    plain = outputs(own_file.open_own(described(folder)).model, views)
    turned = own_file.open_own(
        described(folder, colours="bgr", mean=[10.0, 20.0, 30.0], scale=[2.0, 4.0, 8.0])
    )
    by_hand = [
        (view[..., ::-1] - np.array([10.0, 20.0, 30.0])) / np.array([2.0, 4.0, 8.0])
        for view in views
    ]
    import openvino as ov

    exactly = {"INFERENCE_PRECISION_HINT": "f32"}
    raw = ov.Core().compile_model(str(folder / "own.onnx"), "CPU", exactly)
    said = [raw(pixels.transpose(2, 0, 1)[None].astype(np.float32))[0] for pixels in by_hand]
    ours = outputs(turned.model, views)
    np.testing.assert_allclose(ours.probabilities, np.concatenate(said), atol=1e-4)
    assert not np.allclose(ours.probabilities, plain.probabilities, atol=1e-2)


def test_classes_for_themselves_may_all_be_true(folder: Path, tmp_path: Path) -> None:
    source = own_file.open_own(described(folder, scores="sigmoid"))
    prepare(source, None, tmp_path, silent)
    networks = choose(Settings(models=tmp_path))
    assert networks.classes is not None
    assert networks.classes.network.scores is Scores.SIGMOID


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scores": None}, 'say scores = "softmax"'),
        ({"labels": None}, "belong together"),
        ({"classes": "nothing"}, "has no tensor nothing. Its outputs are classes"),
        ({"features": "kept"}, "one number for each feature"),
        ({"name": "resnet50"}, "is taken"),
        ({"name": "../own"}, "name: String should match"),
        ({"colour": "rgb"}, "colour: Extra inputs"),
        ({"scale": [1.0, 0.0, 1.0]}, "cannot be 0"),
        ({"file": "own.pkl", "features": "pooled"}, "can carry code"),
        ({"file": "labels.onnx"}, "cannot be read as a network"),
        ({"side_pixels": 8}, "greater than or equal to 16"),
    ],
)
def test_a_wrong_description_is_refused_with_the_reason(
    folder: Path, changes: dict[str, object], words: str
) -> None:
    (folder / "labels.onnx").write_text("no network")
    with pytest.raises(Refused, match=words):
        own_file.open_own(described(folder, **changes))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ("/m/01\n/m/02\n/m/03\n", "3 lines and the network 4 outputs"),
        ("/m/01\n/m/02\n/m/03\ncat\n", "Line 4 of .* is 'cat', which is no MID"),
    ],
)
def test_a_wrong_label_list_is_refused(folder: Path, labels: str, words: str) -> None:
    path = described(folder, labels="wrong.txt")
    (folder / "wrong.txt").write_text(labels)
    with pytest.raises(Refused, match=words):
        own_file.open_own(path)


def test_too_few_photos_are_told_with_how_many_are_needed() -> None:
    same = drawings(4) * 60
    with pytest.raises(Misconfigured, match=r"at least 200 different photos.*here are 4"):
        draw(same, SIDE)


def test_no_photo_is_both_calibrated_on_and_compared_on(sample: PhotoSample) -> None:
    calibrated = {photo.tobytes() for photo in sample.calibration}
    assert not calibrated & {photo.tobytes() for photo in sample.comparison}


def test_a_folder_of_photos_may_hold_other_files(tmp_path: Path) -> None:
    for number, view in enumerate(drawings(3)):
        Image.fromarray(view).save(tmp_path / f"{number}.png")
    (tmp_path / "notes.txt").write_text("no photo")
    assert len(list(from_folder(tmp_path))) == 3


def test_a_killed_preparation_leaves_nothing_and_does_not_stop_the_next(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / preparing.UNFINISHED).mkdir()
    (tmp_path / preparing.UNFINISHED / "card.json").write_text("half a ca")
    assert prepared(tmp_path) == []
    made = prepare(own_file.open_own(described(folder)), None, tmp_path, silent)
    again = prepare(own_file.open_own(described(folder)), None, tmp_path, silent)
    assert [model.folder for model in prepared(tmp_path)] == [made.folder] == [again.folder]
    assert not (tmp_path / preparing.UNFINISHED).exists()


def test_two_preparations_at_once_are_not_mixed_up(folder: Path, tmp_path: Path) -> None:
    source = own_file.open_own(described(folder))

    def meanwhile(step: str) -> None:
        with pytest.raises(Conflict, match="already"):
            prepare(source, None, tmp_path, silent)

    prepare(source, None, tmp_path, meanwhile)


def test_the_command_prepares_on_the_hubs_own_photos_and_lists(
    folder: Path, tmp_path: Path
) -> None:
    store = open_store(Settings(data=tmp_path))
    for view in drawings(200, seed=6):
        landed = land(save(Image.fromarray(view), "PNG"))
        store.put(keys.view(digest(view.tobytes())), landed.view.data)
    described(folder)
    environment = {**os.environ, variable("data"): str(tmp_path)}
    base = [sys.executable, "-m", "imagehub.vision"]
    call = [*base, "prepare", str(folder / "own.toml")]
    made = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)
    assert "own, int8; int8 beside fp32 on 100 photos" in made.stdout
    listed = subprocess.run(
        [*base, "list"], capture_output=True, text=True, check=True, env=environment
    ).stdout
    line = next(line for line in listed.splitlines() if line.startswith("own "))
    assert "embedding+classes" in line
    assert "in use" in line
    wrong = subprocess.run(
        [*base, "prepare", "resnet51"], capture_output=True, text=True, env=environment
    )
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("resnet51 is neither openimages-resnet101 nor resnet50 nor a")
