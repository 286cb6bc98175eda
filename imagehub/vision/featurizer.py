"""Look at photos with the chosen networks.

Compiled models live in this module, keyed by the network's sha256, and are made on first use: in
the process that looks, never before a fork. One photo a call: on 2 AVX-512 cores batches of 1, 4,
8 and 16 gave 77, 78, 61 and 68 photos/s a core (MobileNet v1, int8), so batching buys nothing and
a single photo does not wait for others. Pinning is off, because several processes share the cores.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.photo import resize
from imagehub.vision import class_map, made
from imagehub.vision.network import Found, Networks

Pixels = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Looks:
    """What the networks saw, one row a photo.

    `features` is N x D float32. `classes` holds the likeliest labels of each photo with their
    probabilities, and is empty for every photo where no class network is used.
    """

    features: Float32s
    classes: list[dict[str, float]]


class Featurizer:
    """Networks with their threads, ready to look. Safe to share between threads."""

    def __init__(self, networks: Networks, threads: int = 1) -> None:
        self.networks = networks
        self._embedding = _compiled(networks.embedding, threads)
        self._classes = _compiled(networks.classes, threads) if networks.classes else None

    def look(self, views: Sequence[Pixels]) -> Looks:
        """Look at upright RGB photos of any size, each uint8 H x W x 3; ValueError for another.

        A network that gives both features and classes looks once.
        """
        known = self.networks.embedding.network
        prepared = [_prepare(view, known.side_pixels) for view in views]
        seen = self._embedding.run(prepared)
        features = seen[known.port]
        if self._classes is None or self.networks.classes is None:
            return Looks(features, [{} for _ in views])
        network = self.networks.classes.network
        if self._classes is not self._embedding:
            if network.side_pixels != known.side_pixels:
                prepared = [_prepare(view, network.side_pixels) for view in views]
            seen = self._classes.run(prepared)
        meaning = class_map.load(str(network.class_map), network.outputs, network.scores)
        probabilities = seen[network.port] * np.float32(network.unit)
        return Looks(features, [meaning.likeliest(row) for row in probabilities])


class _Compiled:
    """A compiled model and its queue of asynchronous requests, one for each stream."""

    def __init__(self, name: str, path: Path | None, threads: int) -> None:
        import openvino as ov

        core = ov.Core()
        model = made.build(name) if path is None else core.read_model(str(path))
        options = {
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
            # Otherwise a processor that has bfloat16 makes other embeddings than one that has not.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        compiled = core.compile_model(model, "CPU", options)
        self._outputs = [math.prod(output.shape) for output in compiled.outputs]
        self._queue = ov.AsyncInferQueue(compiled, threads)
        self._lock = threading.Lock()

    def run(self, photos: Sequence[Pixels]) -> list[Float32s]:
        """Give, for each output of the model, one row for each photo, in order."""
        found = [np.zeros((len(photos), outputs), np.float32) for outputs in self._outputs]

        def keep(request: Any, index: int) -> None:
            for port, rows in enumerate(found):
                rows[index] = request.get_output_tensor(port).data.reshape(-1)

        with self._lock:
            self._queue.set_callback(keep)
            for index, photo in enumerate(photos):
                self._queue.start_async({0: photo[None]}, index)
            self._queue.wait_all()
        return found


_compiling = threading.Lock()


def _compiled(found: Found, threads: int) -> _Compiled:
    with _compiling:
        return _compile_once(found.network.name, found.path, found.network.sha256, threads)


@lru_cache(maxsize=8)
def _compile_once(name: str, path: Path | None, _sha256: str, threads: int) -> _Compiled:
    return _Compiled(name, path, threads)


def _prepare(view: Pixels, side_pixels: int) -> Pixels:
    if view.shape[2:] != (3,) or view.dtype != np.uint8:  # OpenVINO's queue would hang afterwards
        raise ValueError(f"a view is uint8 H x W x 3, not {view.dtype} {view.shape}")
    if view.shape[:2] == (side_pixels, side_pixels):
        return np.ascontiguousarray(view)
    return resize(view, side_pixels, side_pixels)
