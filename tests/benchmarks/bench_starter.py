"""What the starter is worth: `python -m tests.benchmarks.bench_starter --crowd DIR --models DIR`.

A linear classifier on its features and one on MobileNet v1's see the same photos of a crowd in the
same folds; neither network was trained on them. `--photos` adds the starter's own classes on packed
photos that were held out. Time is of one photo on one core, both networks in turns. Without a crowd
only size and time are measured, and on drawn photos.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagehub.settings import Settings
from imagehub.vision.card import MODEL_FILE, WEIGHTS_FILE
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.network import Found, Networks
from imagehub.vision.prepared import prepared
from imagehub.vision.registry import MOBILENET_V1_EMBEDDING, choose, find
from imagehub.vision.shipped import starter
from tests import photos as drawings
from tests.benchmarks.parts import report
from training.starter.held_out import read_crowd
from training.starter.packed import read_packed
from training.starter.probe import out_of_fold_accuracy
from training.starter.release import NAME, top1

Pixels = npt.NDArray[np.uint8]
NO_MODELS = Path("no-models")


@dataclass(frozen=True)
class StarterSizes:
    """How many photos are timed, and how often."""

    timed_photos: int
    rounds: int


FULL = StarterSizes(timed_photos=40, rounds=7)
TOY = StarterSizes(timed_photos=2, rounds=1)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what the arguments name, and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_starter")
    parser.add_argument("--crowd", type=Path, help="a crowd whose truth is known")
    parser.add_argument("--photos", type=Path, help="packed photos")
    parser.add_argument("--models", type=Path, default=NO_MODELS, help="folder of MobileNet v1")
    options = parser.parse_args(arguments)
    run(FULL, options.crowd, options.photos, find(MOBILENET_V1_EMBEDDING, options.models))


def run(
    sizes: StarterSizes,
    crowd: Path | None = None,
    packed: Path | None = None,
    mobilenet: Found | None = None,
) -> dict[str, float]:
    """Measure all for which the data are here; write `build/figures/starter.json`."""
    import openvino as ov

    (shipped,) = prepared(starter())
    figures = {"size_bytes": float((shipped.folder / WEIGHTS_FILE).stat().st_size)}
    if shipped.card.figures is not None:
        figures["neighbour_overlap_int8"] = shipped.card.figures.neighbour_overlap or 0.0
        figures["top1_agreement_int8"] = shipped.card.figures.top1_agreement or 0.0
    views = [np.asarray(drawings.draw(seed, 320, 240)) for seed in range(sizes.timed_photos)]
    lookers = _lookers(mobilenet)
    if crowd is not None:
        seen = read_crowd(crowd)
        views = seen.views[: sizes.timed_photos]
        figures["crowd_photos"] = len(seen.views)
        for name, looker in lookers.items():
            found = out_of_fold_accuracy(looker.look(seen.views).features, seen.classes)
            figures[f"{name}_probe_accuracy"] = round(found, 4)
    if packed is not None:
        photos = read_packed(packed, "val")
        model = ov.Core().read_model(str(shipped.folder / MODEL_FILE))
        figures["own_top1"] = round(top1(model, list(photos.pixels), photos.classes), 4)
    figures |= _times(lookers, views, sizes.rounds)
    report("starter", figures)
    return figures


def _lookers(mobilenet: Found | None) -> dict[str, Featurizer]:
    chosen = choose(Settings(models=NO_MODELS, embedding_network=NAME, class_network=NAME))
    found = {"linear": Featurizer(chosen)}
    return found | ({"mobilenet": Featurizer(Networks(mobilenet, None))} if mobilenet else {})


def _times(
    lookers: dict[str, Featurizer], views: Sequence[Pixels], rounds: int
) -> dict[str, float]:
    """Milliseconds of one photo on one core, as medians over the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in lookers}
    for number in range(rounds + 1):
        for name, looker in lookers.items():
            begun = time.perf_counter()
            looker.look(views)
            if number:  # the first round warms up
                taken[name].append(1000 * (time.perf_counter() - begun) / len(views))
    medians = {name: statistics.median(each) for name, each in taken.items()}
    figures = {"ms_per_image": round(medians["linear"], 2)}
    if "mobilenet" in medians:
        figures["mobilenet_ms_per_image"] = round(medians["mobilenet"], 2)
    return figures


if __name__ == "__main__":
    main(sys.argv[1:])
