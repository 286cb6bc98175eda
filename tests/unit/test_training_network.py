"""A frozen network in TensorFlow says what OpenVINO says; so does the SavedModel."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imagehub.errors import Refused
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.vision import drawn, registry
from tests.factories.drawings import drawn_jpeg
from training import (
    evaluation,
    export,
    features,
    fine_tune,
    frozen,
    head,
    photos,
    pretrained,
    small_resnet,
    trained,
)
from training.checkpoint import Checkpoint
from training.dataset import ShardPhoto
from training.operations import Style
from training.pretrained import Pretrained

CLASSES = 3
SIDE = drawn.SIDE_PIXELS


def drawn_photos(count: int, side_pixels: int = SIDE) -> list[ShardPhoto]:
    return [
        ShardPhoto(
            f"{n:016x}", n % CLASSES, photos.small_jpeg(drawn_jpeg(n, (160, 120)), side_pixels)
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def network() -> registry.Found:
    return registry.Found(registry.DRAWN, None)


def test_a_frozen_network_gives_the_same_features_in_tensorflow(network: registry.Found) -> None:
    given = drawn_photos(6)
    known = features.look(network, given, mirrored=False, threads=1).features
    pixels = np.stack([read_view(photo.jpeg) for photo in given])
    for exact in (True, False):
        found = frozen.features(drawn.model(), 0, pixels, Style(exact)).numpy()
        assert np.abs(found - known).max() < 1e-4


def test_a_network_that_cannot_be_written_for_tensorflow_is_refused_by_name() -> None:
    import openvino as ov
    from openvino import opset13

    pixels = opset13.parameter([1, SIDE, SIDE, 3], np.float32)
    odd = ov.Model([opset13.erf(pixels)], [pixels])
    with pytest.raises(Refused, match="Erf is not known"):
        frozen.require_portable(odd, 0, SIDE)
    frozen.require_portable(drawn.model(), 0, SIDE)


def test_the_shared_mobilenet_gives_the_same_features_in_tensorflow(shared: Path) -> None:
    import openvino as ov

    known = registry.find(registry.MOBILENET_V1_EMBEDDING, shared / "models")
    assert known is not None
    given = drawn_photos(2, known.network.side_pixels)
    looked = features.look(known, given, mirrored=False, threads=1).features
    pixels = np.stack([read_view(photo.jpeg) for photo in given])
    model = ov.Core().read_model(str(known.path))
    found = frozen.features(model, 0, pixels, Style(True)).numpy()
    assert likeness(found, looked).min() > 0.999


def test_the_shipped_network_can_be_fine_tuned_and_gives_the_same_features_in_tensorflow() -> None:
    sha256 = features.frozen_network(Settings(models=Path("nowhere"))).network.sha256
    whole = pretrained.load(Settings(models=Path("nowhere")), sha256)
    given = drawn_photos(3, whole.side_pixels)
    found = features.named_network(Settings(models=Path("nowhere")), sha256)
    looked = features.look(found, given, mirrored=False, threads=1).features
    pixels = np.stack([read_view(photo.jpeg) for photo in given])
    said = frozen.features(whole.graph, whole.port, pixels, Style(True)).numpy()
    assert likeness(said, looked).min() > 0.999
    plain = fine_tune.features(whole, fine_tune.kernels(whole), pixels).numpy()
    assert likeness(plain, looked).min() > 0.98


def likeness(one: Any, other: Any) -> Any:
    """The cosine of each row with its counterpart."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(1) / lengths


def test_features_are_read_back_as_they_were_written(network: registry.Found) -> None:
    found = features.look(network, drawn_photos(3), mirrored=True, threads=1)
    back = features.read(features.write(found))
    assert np.array_equal(back.features, found.features)
    assert np.array_equal(back.mirrored, found.mirrored)
    assert (back.image_ids, back.classes.tolist()) == (found.image_ids, [0, 1, 2])
    assert not np.array_equal(found.mirrored, found.features)


def test_exported_models_say_what_the_head_says(network: registry.Found) -> None:
    given = drawn_photos(24)
    looked = features.look(network, given, mirrored=False, threads=1)
    start = head.start(looked.features, CLASSES)
    dice = np.random.default_rng(1)
    kernel = dice.normal(size=start.weights[2].shape).astype(np.float32) * 4
    trained_head = Checkpoint((*start.weights[:2], kernel, start.weights[3]))
    known = evaluation.softmax(head.logits(trained_head, looked.features))
    model = trained.with_frozen(Pretrained(drawn.model(), 0, SIDE), trained_head)
    pixels = [read_view(photo.jpeg) for photo in given]
    saved = export.ask_saved_model(export.saved_model(model), pixels, lambda: None)
    assert np.abs(saved - known).max() < 1e-3
    for small in (export.tflite(model, pixels), export.tflite_of_int8_weights(model)):
        said = export.ask_tflite(small, pixels, lambda: None)
        assert np.abs(said - known).mean() < 0.15  # the head's numbers are large, drawn by lot


def test_a_network_to_fine_tune_begins_as_the_network_with_a_head_that_fits_it(
    network: registry.Found,
) -> None:
    given = drawn_photos(24)
    looked = features.look(network, given, mirrored=False, threads=1)
    fitted = head.fitted(looked.features, looked.classes, CLASSES)
    assert (head.logits(fitted, looked.features).argmax(1) == looked.classes).mean() > 0.9
    whole = Pretrained(drawn.model(), 0, SIDE)
    model = fine_tune.model(whole, CLASSES)
    start = fine_tune.start(whole, fitted)
    model.set_weights(start.weights)
    pixels = np.stack([read_view(photo.jpeg) for photo in given])
    said = model(pixels.astype(np.float32)).numpy()
    assert np.abs(said - head.logits(fitted, looked.features)).max() < 1e-3
    assert len(model.trainable_weights) == len(fine_tune.kernels(whole)) + 2
    exported = trained.tuned(whole, start).plain(pixels).numpy()
    assert np.abs(exported - evaluation.softmax(said)).max() < 1e-4


def test_a_network_from_scratch_is_exported_as_it_is() -> None:
    given = np.stack([read_view(photo.jpeg) for photo in drawn_photos(4)])
    model = trained.small(SIDE, CLASSES, small_resnet.start(SIDE, CLASSES, seed=1))
    known = model.exact(given).numpy()
    saved = export.ask_saved_model(export.saved_model(model), list(given), lambda: None)
    assert np.abs(saved - known).max() < 1e-5
    small = export.tflite_of_int8_weights(model)
    assert np.abs(export.ask_tflite(small, list(given), lambda: None) - known).max() < 0.05


def test_a_photo_of_any_shape_becomes_a_square(network: registry.Found) -> None:
    jpeg = photos.small_jpeg(drawn_jpeg(1, (900, 70)), SIDE)
    assert read_view(jpeg).shape == (SIDE, SIDE, 3)
    assert io.BytesIO(jpeg).read(2) == b"\xff\xd8"
