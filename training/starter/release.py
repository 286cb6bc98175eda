"""The trained network in the hub's own form, and the figures on its card."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.photo import resize
from imagehub.vision import quantise
from imagehub.vision.card import CARD_FILE, MODEL_FILE, Classes, Features, Training
from imagehub.vision.comparison import Outputs
from imagehub.vision.network import Scores
from imagehub.vision.prepared import Prepared
from imagehub.vision.sample import MOST_PHOTOS, PhotoSample, draw
from imagehub.vision.source import NetworkSource, Origin
from training.starter import words
from training.starter.classes import StarterClass, number_of, table
from training.starter.config import NetworkConfig
from training.starter.export import PREPARATION, balanced, feature_count, to_arrays, to_graph
from training.starter.held_out import read_crowd
from training.starter.packed import Packed, Pixels
from training.starter.pictures import SIDE_PIXELS
from training.starter.probe import out_of_fold_accuracy
from training.starter.rendered import Rendered
from training.starter.temperature import choose_temperature

NAME = "starter-resnet"
BATCH = 100
BALANCED_ON = 10
"""Every tenth of the held-out packed photos tells how much the parts of the features weigh."""


def source_of(
    model: Any,
    config: NetworkConfig,
    classes: Sequence[StarterClass],
    photos: Packed,
    rendered: Rendered | None,
) -> NetworkSource:
    """The trained Keras network as the hub prepares it, its probabilities made honest.

    The temperature is chosen on photos and rendered ones that it was not trained on.
    """
    pixels, numbers = _named(classes, photos, rendered)
    temperature = choose_temperature(_logits(model, pixels)[:, : len(classes)], numbers)
    arrays = to_arrays(model, config, temperature, len(classes))
    seen = looked(to_graph(arrays, SIDE_PIXELS), list(photos.pixels[::BALANCED_ON])).features
    if seen is None:
        raise AssertionError("the starter gives features")
    arrays = balanced(arrays, seen)
    weights = b"".join(np.asarray(part).tobytes() for part in model.get_weights())
    return NetworkSource(
        origin=Origin(
            NAME,
            words.SOURCE,
            words.LICENCE,
            "training/starter",
            hashlib.sha256(weights).hexdigest(),
        ),
        model=to_graph(arrays, SIDE_PIXELS),
        side_pixels=SIDE_PIXELS,
        preparation=PREPARATION,
        features=Features(layer="means", count=feature_count(config)),
        classes=Classes(layer="classes", count=len(classes), scores=Scores.SOFTMAX),
        labels=table(classes),
        limits=words.LIMITS,
        training=Training(data=words.DATA, method=words.METHOD, measured={}),
    )


def sample_of(photos: Packed, rendered: Rendered | None, side_pixels: int) -> PhotoSample:
    """Photos to measure ranges on and others to compare on; all were held out."""
    return draw(_sampled(photos, rendered), side_pixels)


def figures_of(
    made: Prepared,
    classes: Sequence[StarterClass],
    photos: Packed,
    rendered: Rendered | None,
    crowd: Path,
) -> dict[str, float]:
    """What the prepared network is worth on photos that it never saw, as shares."""
    import openvino as ov

    model = ov.Core().read_model(str(made.folder / MODEL_FILE))
    seen = read_crowd(crowd)
    features = looked(model, seen.views).features
    if features is None:
        raise AssertionError("the starter gives features")
    found = {
        "crowd_photos": float(len(seen.views)),
        "crowd_linear_probe_accuracy": out_of_fold_accuracy(features, seen.classes),
        "packed_photos": float(len(photos.classes)),
        "packed_top1": top1(model, list(photos.pixels), photos.classes),
    }
    if rendered is not None:
        numbers = np.array([number_of(classes, mid) for mid in rendered.mids])
        found["rendered_photos"] = float(len(numbers))
        found["rendered_top1"] = top1(model, list(rendered.pixels), numbers)
    return {name: round(value, 4) for name, value in found.items()}


def with_figures(made: Prepared, measured: dict[str, float]) -> Prepared:
    """Write the figures onto the card; they do not belong to what the folder is named by."""
    training = Training(data=words.DATA, method=words.METHOD, measured=measured)
    card = made.card.model_copy(update={"training": training})
    (made.folder / CARD_FILE).write_text(card.model_dump_json(indent=2), encoding="utf-8")
    return Prepared(made.folder, card)


def _named(
    classes: Sequence[StarterClass], photos: Packed, rendered: Rendered | None
) -> tuple[Pixels, npt.NDArray[np.int64]]:
    pixels, numbers = list(photos.pixels), list(photos.classes)
    if rendered is not None:
        pixels.extend(rendered.pixels)
        numbers.extend(number_of(classes, mid) for mid in rendered.mids)
    return (
        np.stack([resize(picture, SIDE_PIXELS, SIDE_PIXELS) for picture in pixels]),
        np.array(numbers, np.int64),
    )


def _logits(model: Any, pixels: Pixels) -> npt.NDArray[np.float32]:
    parts = (pixels[at : at + BATCH].astype(np.float32) for at in range(0, len(pixels), BATCH))
    return np.concatenate([model(part)[1].numpy() for part in parts])


def _sampled(photos: Packed, rendered: Rendered | None) -> Iterator[Pixels]:
    """Packed photos of all classes; a half of them makes room for rendered ones, if there are."""
    step = len(photos.pixels) // MOST_PHOTOS
    others = iter(()) if rendered is None else iter(rendered.pixels)
    for at, photo in enumerate(photos.pixels[::step]):
        yield next(others, photo) if at % 4 > 1 else photo


def looked(model: Any, views: Sequence[Pixels]) -> Outputs:
    """What an OpenVINO model says of photos of any size."""
    side = model.input().shape[1]
    return quantise.outputs(model, [resize(view, side, side) for view in views])


def top1(model: Any, views: Sequence[Pixels], numbers: npt.NDArray[np.int64]) -> float:
    """Share of photos whose likeliest class is their own, by number."""
    probabilities = looked(model, views).probabilities
    if probabilities is None:
        raise AssertionError("the starter names classes")
    return float((probabilities.argmax(axis=1) == numbers).mean())
