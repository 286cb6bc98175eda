"""A trained model as files that run without the hub: SavedModel, TFLite, labels, metrics.

Both models take uint8 RGB photos, N x SIDE x SIDE x 3 (TFLite: one at a time), and give
probabilities in the order of labels.txt. Whatever a model needs is inside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.trained import Trained

Pixels = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]
CALIBRATION_PHOTOS = 128
SAVED_MODEL, TFLITE, LABELS, METRICS = (
    "saved_model.tar",
    "model_int8.tflite",
    "labels.txt",
    "metrics.json",
)


@dataclass(frozen=True, slots=True)
class File:
    """One file to take home."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Its digest, hex."""
        return hashlib.sha256(self.data).hexdigest()


def saved_model(trained: Trained) -> bytes:
    """The model as a SavedModel with one signature, in a tar whose bytes hold no times."""
    import tensorflow as tf

    module = tf.Module()
    module.variables_of_model = trained.variables
    module.answer = tf.function(
        lambda pixels: {"probabilities": trained.exact(pixels)},
        input_signature=[_pixels(trained, None)],
    )
    with tempfile.TemporaryDirectory(prefix="imagehub-model-") as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.answer})
        return _tar(Path(folder))


def tflite_of_int8_weights(trained: Trained) -> bytes:
    """The model with weights in int8 alone: slower on a phone, and nearer to the exact one."""
    import tensorflow as tf

    concrete = tf.function(
        trained.plain, input_signature=[_pixels(trained, 1)]
    ).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return bytes(converter.convert())


def tflite(trained: Trained, photos: Sequence[Pixels]) -> bytes:
    """The model in int8, its ranges input_details from some of the training photos."""
    import tensorflow as tf

    concrete = tf.function(
        trained.plain, input_signature=[_pixels(trained, 1, tf.float32)]
    ).get_concrete_function()

    def examples() -> Iterator[list[Any]]:
        for photo in photos[:CALIBRATION_PHOTOS]:
            yield [photo[None].astype(np.float32)]

    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.float32
    return bytes(converter.convert())


def ask_saved_model(data: bytes, photos: Sequence[Pixels], beat: Callable[[], None]) -> Float32s:
    """What an exported SavedModel says of photos, N x classes."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory(prefix="imagehub-model-") as folder:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder, filter="data")
        answer = tf.saved_model.load(folder).signatures["serving_default"]
        rows = []
        for start in range(0, len(photos), 32):
            some = tf.constant(np.stack(photos[start : start + 32]))
            rows.append(answer(some)["probabilities"].numpy())
            beat()
    return np.concatenate(rows)


def ask_tflite(data: bytes, photos: Sequence[Pixels], beat: Callable[[], None]) -> Float32s:
    """What an exported TFLite file says of photos, one after another: N x classes."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(model_content=data, num_threads=1)
    interpreter.allocate_tensors()
    input_details, output_details = (
        interpreter.get_input_details()[0],
        interpreter.get_output_details()[0],
    )
    rows = []
    for photo in photos:
        interpreter.set_tensor(input_details["index"], photo[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(output_details["index"])[0])
        beat()
    return np.stack(rows)


def labels(names: Sequence[str]) -> bytes:
    """labels.txt: a name a line, in the order of the outputs."""
    return "".join(f"{name}\n" for name in names).encode()


def metrics(found: Mapping[str, Any]) -> bytes:
    """metrics.json."""
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _pixels(trained: Trained, photos: int | None, kind: Any = None) -> Any:
    import tensorflow as tf

    side = trained.side_pixels
    return tf.TensorSpec([photos, side, side, 3], kind or tf.uint8, name="photo")


def _tar(folder: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                member = tarfile.TarInfo(str(file.relative_to(folder)))
                member.size, member.mode = file.stat().st_size, 0o644
                with file.open("rb") as data:
                    archive.addfile(member, data)
    return packed.getvalue()
