"""A model's numbers at the end of an epoch, as plain arrays: no code can be in them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Weights in the model's order; the optimizer's numbers, or none where it begins anew."""

    weights: tuple[Array, ...]
    optimizer: tuple[Array, ...] = ()


def write(found: Checkpoint) -> bytes:
    """The checkpoint as an .npz; the same numbers always give the same bytes."""
    buffer = io.BytesIO()
    named = {
        **{f"weight-{number:04d}": array for number, array in enumerate(found.weights)},
        **{f"optimizer-{number:04d}": array for number, array in enumerate(found.optimizer)},
    }
    np.savez(buffer, **named)  # type: ignore[arg-type]  # no name of ours is allow_pickle
    return buffer.getvalue()


def read(data: bytes) -> Checkpoint:
    """Read what `write` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        names = sorted(arrays.files)
        return Checkpoint(
            tuple(arrays[name] for name in names if name.startswith("weight-")),
            tuple(arrays[name] for name in names if name.startswith("optimizer-")),
        )


def weights_sha256(weights: Sequence[Array]) -> bytes:
    """Digest of all weights, 32 bytes: equal for two workers only if every number is."""
    digest = hashlib.sha256()
    for array in weights:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()
