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
from dataclasses import dataclass
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
from tests.benchmarks.parts import report

CLASSES = 1000
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class QuantisationSizes:
    """The network (photos' side, units of each block, channels of the first), photos and rounds."""

    side_pixels: int
    blocks: tuple[int, ...]
    width: int
    calibrated_on: int
    compared_on: int
    rounds: int
    round_seconds: float

    @property
    def outputs(self) -> int:
        """Features of the network."""
        return 4 * self.width * 2 ** (len(self.blocks) - 1)


FULL = QuantisationSizes(
    side_pixels=224,
    blocks=(3, 4, 6, 3),
    width=64,
    calibrated_on=64,
    compared_on=64,
    rounds=9,
    round_seconds=1.5,
)
TOY = QuantisationSizes(
    side_pixels=32,
    blocks=(1, 1),
    width=16,
    calibrated_on=4,
    compared_on=12,
    rounds=2,
    round_seconds=0.01,
)


def main() -> None:
    """Measure and report."""
    run(FULL)


def run(sizes: QuantisationSizes) -> dict[str, float]:
    """Ratio of images per second, its quartiles over the rounds, and what both networks share.

    Writes `build/figures/quantisation.json`.
    """
    import openvino as ov

    views = [
        _view(seed, sizes.side_pixels) for seed in range(sizes.calibrated_on + sizes.compared_on)
    ]
    plain = random_resnet(sizes)
    small = quantise.to_int8(plain, views[: sizes.calibrated_on], quantise.ATTEMPTS[0])
    others = views[sizes.calibrated_on :]
    wanted = quantise.outputs(plain, others)
    if wanted.features is None or (wanted.features > 0).mean() < 0.25:
        raise AssertionError("the random network is nearly dead; its time would be no measure")
    same = compare(wanted, quantise.outputs(small, others))
    with tempfile.TemporaryDirectory() as folder:
        featurizers = []
        for name, model in (("int8", small), ("fp32", plain)):
            path = Path(folder) / f"{name}.xml"
            ov.save_model(model, str(path), compress_to_fp16=False)
            featurizers.append(_featurizer(name, path, sizes))
        rates = _rates(featurizers, others, sizes)
    ratios = [int8 / fp32 for int8, fp32 in rates]
    low, median, high = statistics.quantiles(ratios, n=4)
    figures = {
        "int8_to_fp32": round(median, 3),
        "int8_to_fp32_lower_quartile": round(low, 3),
        "int8_to_fp32_upper_quartile": round(high, 3),
        "int8_images_per_second": round(statistics.median(rate for rate, _ in rates), 1),
        "fp32_images_per_second": round(statistics.median(rate for _, rate in rates), 1),
        "neighbour_overlap_of_random_weights": same.neighbour_overlap or 0.0,
    }
    report("quantisation", figures)
    return figures


def random_resnet(sizes: QuantisationSizes) -> object:
    """A ResNet, at full size ResNet-50; its random weights keep the signal's size in each layer."""
    dice = np.random.default_rng(50)
    units, inputs = [], sizes.width
    for block, count in enumerate(sizes.blocks):
        depth = sizes.width * 2**block
        for number in range(count):
            stride = 2 if block and not number else 1
            units.append(_unit(dice, inputs, depth, stride))
            inputs = 4 * depth
    network = ResNet(
        stem=_convolution(dice, 3, sizes.width, 7, 2, gain=1 / 60),  # pixels are about 60 in size
        is_pool_centred=True,
        units=tuple(units),
        weights=dice.normal(0, 0.05, (CLASSES, inputs)).astype(np.float32),
        bias=np.zeros(CLASSES, np.float32),
    )
    model = resnet.build(network, sizes.side_pixels, Scores.SOFTMAX)
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


def _featurizer(name: str, path: Path, sizes: QuantisationSizes) -> Featurizer:
    network = Network(
        name=name,
        kind=NetworkOutput.EMBEDDING,
        source="random",
        licence="none",
        side_pixels=sizes.side_pixels,
        layer="features",
        outputs=sizes.outputs,
        sha256=name,
        file=path.name,
    )
    return Featurizer(Networks(Found(network, path), None), threads=os.cpu_count() or 1)


def _rates(
    featurizers: list[Featurizer], views: list[Pixels], sizes: QuantisationSizes
) -> list[tuple[float, float]]:
    """Images per second of both, round by round; the first, for warming up, is left out."""
    counts = [
        max(8, round(_rate(featurizer, views[:16]) * sizes.round_seconds))
        for featurizer in featurizers
    ]
    batches = [[views[at % len(views)] for at in range(count)] for count in counts]
    pairs = list(zip(featurizers, batches, strict=True))
    rounds = [
        [_rate(featurizer, batch) for featurizer, batch in pairs] for _ in range(sizes.rounds + 1)
    ]
    return [(int8, fp32) for int8, fp32 in rounds[1:]]


def _rate(featurizer: Featurizer, views: list[Pixels]) -> float:
    begun = time.perf_counter()
    featurizer.look(views)
    return len(views) / (time.perf_counter() - begun)


def _view(seed: int, side_pixels: int) -> Pixels:
    return resize(np.asarray(photos.draw(seed, 320, 240)), side_pixels, side_pixels)


if __name__ == "__main__":
    main()
