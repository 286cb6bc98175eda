"""Models of training runs, asked about a photo: their int8 file, read by OpenVINO.

It says what TensorFlow Lite says of the same file, bit for bit where that was compared, and needs
no TensorFlow. Only bytes with the checksum that the trainer wrote down are ever read.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Unavailable
from imagehub.photo import resize

KEPT = 3
"""Models that a process keeps compiled; the one that was asked least lately goes."""

RUNTIME = "OpenVINO, reading model_int8.tflite"

Pixels = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Compiled:
    side_pixels: int
    run: Any


class TrainedModels:
    """The models that were asked last. Safe to share between threads: one photo at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Compiled] = OrderedDict()

    def ask(self, sha256: str, read: Callable[[], bytes], view: Pixels) -> Float32s:
        """The probabilities of a model's classes for an upright RGB photo, H x W x 3 uint8.

        `read` gives the model's file if it is not kept; Unavailable unless it has the digest
        `sha256` (hex).
        """
        with self._lock:
            model = self._kept.pop(sha256, None) or _compile(sha256, read())
            self._kept[sha256] = model
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            photo = np.ascontiguousarray(resize(view, model.side_pixels, model.side_pixels))
            return np.array(model.run(photo[None])[0][0], np.float32)


def _compile(sha256: str, data: bytes) -> _Compiled:
    import openvino as ov

    if hashlib.sha256(data).hexdigest() != sha256:
        raise Unavailable("The model's file in the object store is damaged.")
    with tempfile.TemporaryDirectory(prefix="imagehub-model-") as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(data)
        core = ov.Core()
        model = core.read_model(str(file))
        options = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        compiled = core.compile_model(model, "CPU", options)
    return _Compiled(int(compiled.inputs[0].shape[1]), compiled)
