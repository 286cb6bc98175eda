"""From fp32 to int8 with NNCF, on real photos."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Misconfigured
from imagehub.vision.comparison import Outputs
from imagehub.vision.resnet import FEATURES, PROBABILITIES

Pixels = npt.NDArray[np.uint8]


def to_int8(model: Any, photos: Sequence[Pixels]) -> Any:
    """Quantise weights and activations to int8, with ranges measured on the photos.

    The activations have their zero where they need it, which costs nothing on a processor with
    VNNI and keeps more of layers that are not rectified.
    """
    try:
        import nncf
    except ImportError as error:
        raise Misconfigured(
            "Quantising needs NNCF: pip install 'deep-images-hub[prepare]'."
        ) from error
    logging.getLogger("nncf").setLevel(logging.WARNING)
    return nncf.quantize(
        model.clone(),
        nncf.Dataset([photo[None] for photo in photos]),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(photos),
    )


def outputs(model: Any, photos: Sequence[Pixels]) -> Outputs:
    """Look at photos, each SIDE x SIDE x 3, with all cores; float32 stays float32."""
    import openvino as ov

    options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
    queue = ov.AsyncInferQueue(ov.Core().compile_model(model, "CPU", options))
    names = [next(iter(output.names)) for output in model.outputs]
    rows = {
        name: np.zeros((len(photos), output.shape[1]), np.float32)
        for name, output in zip(names, model.outputs, strict=True)
    }

    def keep(request: Any, index: int) -> None:
        for name in names:
            rows[name][index] = request.get_tensor(name).data[0]

    queue.set_callback(keep)
    for index, photo in enumerate(photos):
        queue.start_async({0: photo[None]}, index)
    queue.wait_all()
    return Outputs(rows.get(FEATURES), rows.get(PROBABILITIES))
