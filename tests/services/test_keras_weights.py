"""ResNet-50 read from Keras' files of weights says what the Keras model says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from imagehub.errors import Refused
from imagehub.settings import Settings
from imagehub.vision import class_map
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.prepare import prepare
from imagehub.vision.quantise import outputs
from imagehub.vision.recipes import KERAS_MEAN, RECIPES
from imagehub.vision.registry import choose
from imagehub.vision.source import NetworkSource, SuppliedFile

TOLERANCE = {"atol": 1e-4, "rtol": 1e-3}


@pytest.fixture(scope="module")
def model() -> Any:
    """Keras' own graph with random values, also in its normalisation."""
    import keras

    keras.utils.set_random_seed(5)
    made = keras.applications.ResNet50(weights=None)
    dice = np.random.default_rng(5)
    for layer in made.layers:
        values = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma = 0.4 if layer.name.endswith("_3_bn") else 1.0
            means = (gamma, 0.0, 0.0, 1.0)
            layer.set_weights(
                [
                    dice.normal(mean, 0.1, value.shape)
                    for mean, value in zip(means, values, strict=True)
                ]
            )
        elif len(values) == 2:
            layer.set_weights([values[0], dice.normal(0, 0.1, values[1].shape)])
    return made


def save(model: Any, path: Path) -> Path:
    """As Keras 3 writes, or in the form of Keras 2, which the published file has."""
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
        return path
    with h5py.File(path, "w") as file:
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.6"
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{part.name}:0" for part in layer.weights]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, value in zip(names, layer.get_weights(), strict=True):
                group[name] = value
    return path


def given(path: Path) -> SuppliedFile:
    return SuppliedFile(file=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def silent(done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def published(model: Any, tmp_path_factory: pytest.TempPathFactory) -> NetworkSource:
    """The network as read from a file in the form of the published one."""
    path = save(model, tmp_path_factory.mktemp("published") / "resnet50.h5")
    return RECIPES["resnet50"].open(given(path), path.parent, silent)


def test_every_class_and_feature_is_the_same(
    model: Any, published: NetworkSource, tmp_path: Path
) -> None:
    import keras

    pixels: npt.NDArray[np.uint8] = np.random.default_rng(1).integers(
        0, 256, (2, 224, 224, 3), np.uint8
    )
    turned = keras.applications.resnet50.preprocess_input(pixels.astype(np.float32))
    both = keras.Model(model.input, [model.get_layer("avg_pool").output, model.output])
    features, probabilities = both.predict(turned, verbose=0)
    assert probabilities.max() > 2 / 1000
    assert features.std(axis=0).max() > 0.01
    path = save(model, tmp_path / "resnet50.weights.h5")
    for source in (published, RECIPES["resnet50"].open(given(path), tmp_path, silent)):
        ours = outputs(source.model, list(pixels))
        np.testing.assert_allclose(ours.features, features, **TOLERANCE)
        np.testing.assert_allclose(ours.probabilities, probabilities, **TOLERANCE)


def test_once_prepared_it_is_preferred_and_looks_once_for_both(
    published: NetworkSource, tmp_path: Path, shared: Path
) -> None:
    for file in (shared / "models").glob("*.tflite"):
        (tmp_path / file.name).symlink_to(file)
    names = {
        "embedding_network": "mobilenet-v1-embedding",
        "class_network": "mobilenet-v2-imagenet",
    }
    before = choose(Settings(models=tmp_path, **names))  # type: ignore[arg-type] # names
    made = prepare(published, None, tmp_path, lambda step: None)
    networks = choose(Settings(models=tmp_path))
    assert networks.embedding.network.name == made.folder.name
    assert networks.classes is not None
    assert networks.classes.path == networks.embedding.path == made.folder / "network.xml"
    view = np.random.default_rng(2).integers(0, 256, (300, 200, 3), np.uint8)
    looks = Featurizer(networks).look([view, view])
    assert looks.features.shape == (2, 2048)
    assert looks.classes[0] == looks.classes[1]
    assert choose(Settings(models=tmp_path, **names)) == before  # type: ignore[arg-type] # names


def test_a_file_with_another_checksum_than_the_published_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "resnet50.h5"
    path.write_bytes(b"something else")
    with pytest.raises(Refused, match="its md5 is"):
        RECIPES["resnet50"].open(SuppliedFile(file=path), tmp_path, silent)


def test_a_file_that_is_no_hdf5_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.h5"
    path.write_text("no HDF5")
    with pytest.raises(Refused, match="does not hold the weights"):
        RECIPES["resnet50"].open(given(path), tmp_path, silent)


def test_weights_that_lack_a_layer_are_refused(model: Any, tmp_path: Path) -> None:
    path = save(model, tmp_path / "lacking.weights.h5")
    with h5py.File(path, "r+") as file:
        del file["layers/conv2d_7/vars/0"]
    with pytest.raises(Refused, match="does not hold the weights"):
        RECIPES["resnet50"].open(given(path), tmp_path, silent)


def test_the_classes_are_numbered_without_a_background() -> None:
    with_background = class_map.load("imagenet.csv", 1001)
    table = class_map.without_background(class_map.read("imagenet.csv"))
    without = class_map.parse(table, 1000)
    assert without.mids == with_background.mids[1:]
    assert without.is_a == with_background.is_a
    assert without.mids[0] == "/m/066gdc", "output 0 is the tench, as in Keras' own list"


def test_the_preparation_is_keras_own(tmp_path: Path) -> None:
    from keras.applications.imagenet_utils import preprocess_input

    black = preprocess_input(np.zeros((1, 1, 1, 3), np.float32), mode="caffe")
    np.testing.assert_allclose(-black.reshape(3), KERAS_MEAN)
