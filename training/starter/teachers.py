"""What published networks say of the training pictures: their answers are what is learned.

Learning from the outputs of a larger network is distillation (Hinton, Vinyals and Dean 2015,
arXiv:1503.02531); matching its features as well follows FitNets (Romero et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Misconfigured
from imagehub.photo import resize
from imagehub.vision.network import Network
from imagehub.vision.registry import MOBILENET_V1_EMBEDDING, MOBILENET_V2_IMAGENET, find
from training.starter.packed import Pixels

TEACHERS = (MOBILENET_V1_EMBEDDING, MOBILENET_V2_IMAGENET)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Of N pictures: `features` N x 1,024 float16, `probabilities` N x 1,001 uint8 in 1/256."""

    features: npt.NDArray[np.float16]
    probabilities: npt.NDArray[np.uint8]


class Teachers:
    """Both networks, compiled for many pictures at once."""

    def __init__(self, models: Path, threads: int) -> None:
        self._runs = [_Run(network, models, threads) for network in TEACHERS]

    def ask(self, pictures: Pixels) -> Answers:
        """Ask of N x SIDE x SIDE x 3 pictures."""
        side = TEACHERS[0].side_pixels
        large = [resize(picture, side, side) for picture in pictures]
        features, probabilities = (run.of(large) for run in self._runs)
        return Answers(features.astype(np.float16), probabilities.astype(np.uint8))


class _Run:
    def __init__(self, network: Network, models: Path, threads: int) -> None:
        import openvino as ov

        found = find(network, models)
        if found is None or found.path is None:
            raise Misconfigured(f"{models} lacks {network.file}, which teaches the starter.")
        options = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": threads}
        core = ov.Core()
        compiled = core.compile_model(core.read_model(str(found.path)), "CPU", options)
        self._outputs = network.outputs
        self._queue = ov.AsyncInferQueue(compiled, threads)

    def of(self, pictures: list[Pixels]) -> npt.NDArray[np.float32]:
        rows = np.zeros((len(pictures), self._outputs), np.float32)

        def keep(request: Any, index: int) -> None:
            rows[index] = request.get_output_tensor(0).data.reshape(-1)

        self._queue.set_callback(keep)
        for index, picture in enumerate(pictures):
            self._queue.start_async({0: picture[None]}, index)
        self._queue.wait_all()
        return rows
