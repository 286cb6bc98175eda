"""Prepare a network: make it smaller, compare, and write it beside the ones that are there."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from imagehub.errors import Conflict, Misconfigured
from imagehub.vision import graph, quantise
from imagehub.vision.card import (
    CARD_FILE,
    LABELS_FILE,
    MODEL_FILE,
    WEIGHTS_FILE,
    Card,
    Figures,
)
from imagehub.vision.comparison import LEAST_AGREEMENT, compare
from imagehub.vision.prepared import Prepared, sha256_of
from imagehub.vision.sample import PhotoSample
from imagehub.vision.source import NetworkSource

LOCK = ".preparing.lock"
UNFINISHED = ".preparing"

Say = Callable[[str], None]


def prepare(source: NetworkSource, sample: PhotoSample | None, models: Path, say: Say) -> Prepared:
    """Quantise, compare, and write a folder of `models`; fp32 is kept where int8 is not as good.

    `sample` is None for a network that is to stay as it was read. Nothing is there under the final
    name until all of it is on the disk. Raises Misconfigured if the disk is full.
    """
    with _alone(models), _disk_errors_told(models):
        unfinished = models / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was ended
        unfinished.mkdir()
        model, figures = (source.model, None) if sample is None else _smaller(source, sample, say)
        say("writing")
        files = _write(unfinished, model, source.labels)
        card = _card(source, figures, files, graph.is_quantised(model))
        (unfinished / CARD_FILE).write_text(card.model_dump_json(indent=2), encoding="utf-8")
        _flush(unfinished)
        folder = models / card.folder()
        if folder.exists():  # the same bytes were prepared before
            shutil.rmtree(folder)
        unfinished.rename(folder)
        _flush(models)
    return Prepared(folder.resolve(), card)


def _smaller(source: NetworkSource, sample: PhotoSample, say: Say) -> tuple[Any, Figures]:
    """The first int8 network that says what fp32 says, or fp32 with the best one's figures."""
    reference = quantise.outputs(source.model, sample.comparison)
    best: Figures | None = None
    for attempt in quantise.ATTEMPTS:
        layers = attempt.float_layers
        say(f"quantising on {len(sample.calibration)} photos, {layers} first layers in fp32")
        small = quantise.to_int8(source.model, sample.calibration, attempt)
        found = compare(reference, quantise.outputs(small, sample.comparison))
        figures = Figures(
            calibrated_on=len(sample.calibration),
            compared_on=found.photos,
            top1_agreement=found.top1_agreement,
            neighbour_overlap=found.neighbour_overlap,
            float_layers=layers,
        )
        say(
            f"beside fp32 on {found.photos} other photos: top-1 agreement {found.top1_agreement},"
            f" neighbour overlap {found.neighbour_overlap}"
        )
        if found.is_good:
            return small, figures
        if best is None or figures.least() > best.least():
            best = figures
    if best is None:
        raise AssertionError("ATTEMPTS is not empty")
    say(f"int8 is refused, {LEAST_AGREEMENT} is needed; fp32 is kept")
    return source.model, best


def _write(folder: Path, model: Any, labels: str | None) -> dict[str, str]:
    import openvino as ov

    for number, layer in enumerate(model.get_ordered_ops()):
        layer.set_friendly_name(f"layer_{number}")  # or the same network is never the same bytes
    ov.save_model(model, str(folder / MODEL_FILE), compress_to_fp16=False)
    names = [MODEL_FILE, WEIGHTS_FILE]
    if labels is not None:
        (folder / LABELS_FILE).write_text(labels, encoding="utf-8")
        names.append(LABELS_FILE)
    return {name: sha256_of(folder / name) for name in names}


def _card(
    source: NetworkSource, figures: Figures | None, files: dict[str, str], is_int8: bool
) -> Card:
    return Card(
        name=source.origin.name,
        source=source.origin.source,
        licence=source.origin.licence,
        read_from=source.origin.read_from,
        read_sha256=source.origin.sha256,
        side_pixels=source.side_pixels,
        colours=source.preparation.colours,
        mean=source.preparation.mean,
        scale=source.preparation.scale,
        features=source.features,
        classes=source.classes,
        precision="int8" if is_int8 else "fp32",
        figures=figures,
        limits=source.limits,
        tools={name: found for name in ("openvino", "nncf") if (found := _version(name))},
        prepared_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        files=files,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    models.mkdir(parents=True, exist_ok=True)
    with (models / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"A network is being prepared in {models} already.") from error
        yield


@contextmanager
def _disk_errors_told(models: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misconfigured(
            f"{models} cannot be written: {error.strerror}. Nothing was changed."
        ) from error


def _flush(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
