"""How much faster a ResNet-50 looks in int8 than in fp32, on all cores of this machine.

The weights are random: the published ones are not needed for the time, because a network's time
does not depend on its numbers as long as they are ordinary ones. Photos are drawn. Both networks
run as the hub runs them, in turns, so that other work on the machine meets both. The neighbours
that int8 keeps of a random network say little of a trained one, which spreads photos further.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagehub.photo import resize
from imagehub.vision import quantise, resnet
from imagehub.vision.comparison import compare
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.network import (
    Colours,
    Found,
    Network,
    NetworkOutput,
    Networks,
    Preparation,
    Scores,
)
from imagehub.vision.pixels import take_pixels
from imagehub.vision.recipes import KERAS_MEAN
from imagehub.vision.resnet import Convolution, ResNet, Unit
from tests import photos

SIDE_PIXELS = 224
BLOCKS = (3, 4, 6, 3)
WIDTH = 64
CLASSES = 1000
CALIBRATED_ON = 64
COMPARED_ON = 64
ROUNDS = 9
ROUND_SECONDS = 1.5

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


def main() -> dict[str, float]:
    """Measure, print the figures and return them; `bench_verify` writes them with its own."""
    figures = measure()
    for name, value in figures.items():
        print(f"{name:40}{value}")
    return figures


def measure() -> dict[str, float]:
    """Ratio of images per second, its quartiles over the rounds, and what both networks share."""
    import openvino as ov

    views = [_view(seed) for seed in range(CALIBRATED_ON + COMPARED_ON)]
    plain = random_resnet50()
    small = quantise.to_int8(plain, views[:CALIBRATED_ON], quantise.ATTEMPTS[0])
    others = views[CALIBRATED_ON:]
    wanted = quantise.outputs(plain, others)
    if wanted.features is None or (wanted.features > 0).mean() < 0.25:
        raise AssertionError("the random network is nearly dead; its time would be no measure")
    same = compare(wanted, quantise.outputs(small, others))
    with tempfile.TemporaryDirectory() as folder:
        featurizers = []
        for name, model in (("int8", small), ("fp32", plain)):
            path = Path(folder) / f"{name}.xml"
            ov.save_model(model, str(path), compress_to_fp16=False)
            featurizers.append(_featurizer(name, path))
        rates = _rates(featurizers, others)
    ratios = [int8 / fp32 for int8, fp32 in rates]
    low, median, high = statistics.quantiles(ratios, n=4)
    return {
        "int8_to_fp32": round(median, 3),
        "int8_to_fp32_lower_quartile": round(low, 3),
        "int8_to_fp32_upper_quartile": round(high, 3),
        "int8_images_per_second": round(statistics.median(rate for rate, _ in rates), 1),
        "fp32_images_per_second": round(statistics.median(rate for _, rate in rates), 1),
        "neighbour_overlap_of_random_weights": same.neighbour_overlap or 0.0,
    }


def random_resnet50() -> object:
    """ResNet-50 with random weights that keep the signal's size from layer to layer."""
    dice = np.random.default_rng(50)
    units, inputs = [], WIDTH
    for block, count in enumerate(BLOCKS):
        depth = WIDTH * 2**block
        for number in range(count):
            stride = 2 if block and not number else 1
            units.append(_unit(dice, inputs, depth, stride))
            inputs = 4 * depth
    network = ResNet(
        stem=_convolution(dice, 3, WIDTH, 7, 2, gain=1 / 60),  # pixels are about 60 in size
        is_pool_centred=True,
        units=tuple(units),
        weights=dice.normal(0, 0.05, (CLASSES, inputs)).astype(np.float32),
        bias=np.zeros(CLASSES, np.float32),
    )
    model = resnet.build(network, SIDE_PIXELS, Scores.SOFTMAX)
    return take_pixels(model, Preparation(Colours.BGR, KERAS_MEAN), "NCHW")


def _unit(dice: np.random.Generator, inputs: int, depth: int, stride: int) -> Unit:
    main = (
        _convolution(dice, inputs, depth, 1, stride),
        _convolution(dice, depth, depth, 3),
        _convolution(dice, depth, 4 * depth, 1, gain=0.4),
    )
    is_wider = inputs != 4 * depth
    shortcut = _convolution(dice, inputs, 4 * depth, 1, stride, 0.7) if is_wider else None
    return Unit(main, shortcut)


def _convolution(
    dice: np.random.Generator,
    inputs: int,
    outputs: int,
    side: int,
    stride: int = 1,
    gain: float = 1.0,
) -> Convolution:
    size = gain * np.sqrt(2 / (inputs * side * side))  # He et al. 2015, arXiv:1502.01852
    weights = dice.normal(0, size, (outputs, inputs, side, side)).astype(np.float32)
    return Convolution(weights, dice.normal(0, 0.1, outputs).astype(np.float32), stride)


def _featurizer(name: str, path: Path) -> Featurizer:
    network = Network(
        name=name,
        kind=NetworkOutput.EMBEDDING,
        source="random",
        licence="none",
        side_pixels=SIDE_PIXELS,
        layer="features",
        outputs=4 * WIDTH * 2 ** (len(BLOCKS) - 1),
        sha256=name,
        file=path.name,
    )
    return Featurizer(Networks(Found(network, path), None), threads=os.cpu_count() or 1)


def _rates(featurizers: list[Featurizer], views: list[Pixels]) -> list[tuple[float, float]]:
    """Images per second of both, round by round; the first, for warming up, is left out."""
    counts = [max(8, round(_rate(one, views[:16]) * ROUND_SECONDS)) for one in featurizers]
    batches = [[views[at % len(views)] for at in range(count)] for count in counts]
    pairs = list(zip(featurizers, batches, strict=True))
    rounds = [[_rate(one, batch) for one, batch in pairs] for _ in range(ROUNDS + 1)]
    return [(int8, fp32) for int8, fp32 in rounds[1:]]


def _rate(featurizer: Featurizer, views: list[Pixels]) -> float:
    begun = time.perf_counter()
    featurizer.look(views)
    return len(views) / (time.perf_counter() - begun)


def _view(seed: int) -> Pixels:
    return resize(np.asarray(photos.draw(seed, 320, 240)), SIDE_PIXELS, SIDE_PIXELS)


if __name__ == "__main__":
    main()
