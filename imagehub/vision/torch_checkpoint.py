"""State dicts that PyTorch wrote before version 1.6, read without PyTorch and without running code.

The file is a row of pickles (a magic number, a version, sizes of types, the dict, the names of its
storages) and then each storage: its length as int64 and its numbers, little-endian. PyTorch's
`torch/serialization.py` (`_legacy_load`) is the source of this layout.
"""

from __future__ import annotations

import pickle  # noqa: TID251 - its reader here knows four names, and none of them runs anything
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Refused

Float32s = npt.NDArray[np.float32]

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
MOST_STORAGE_BYTES = 1 << 30


@dataclass(slots=True)
class _Storage:
    """Numbers that tensors are views of; they stand behind the pickles and are read last."""

    type_name: str
    key: str
    length: int
    numbers: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self) -> Float32s:
        """The tensor as an array of its own, in the order of its shape, whatever its strides."""
        last = self.offset + sum(
            (side - 1) * stride for side, stride in zip(self.shape, self.strides, strict=True)
        )
        if min((self.offset, *self.shape, *self.strides), default=0) < 0 or (
            last >= self.storage.length and 0 not in self.shape
        ):
            raise ValueError("a tensor reaches beyond its storage")
        numbers = self.storage.numbers[self.offset :]
        steps = tuple(stride * numbers.itemsize for stride in self.strides)
        view = np.lib.stride_tricks.as_strided(numbers, self.shape, steps, writeable=False)
        return np.ascontiguousarray(view, np.float32)


class _Float:
    dtype = np.dtype("<f4")


class _Long:
    dtype = np.dtype("<i8")


STORAGES: dict[str, type[_Float] | type[_Long]] = {
    "FloatStorage": _Float,
    "LongStorage": _Long,
}


def _tensor(
    storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): _Float,
    ("torch", "LongStorage"): _Long,
}
"""All that such a file may name. A pickle can call whatever its reader finds for it."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return _KNOWN[module, name]

    def persistent_load(self, found: Any) -> _Storage:
        _, kind, key, _, length, _ = found
        name = {_Float: "FloatStorage", _Long: "LongStorage"}[kind]
        return self.storages.setdefault(str(key), _Storage(name, str(key), int(length)))


def read_state(path: Path) -> dict[str, Float32s]:
    """All tensors of a state dict by name, as float32; Refused if the file is no such thing."""
    try:
        with path.open("rb") as file:
            if (_load(file), _load(file)) != (MAGIC, VERSION) or not isinstance(_load(file), dict):
                raise ValueError("it does not begin as such a file")
            reader = _Unpickler(file)
            named = reader.load()
            for key in _load(file):
                _fill(reader.storages[key], file)
        return {name: tensor.read() for name, tensor in named.items()}
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, AttributeError, EOFError) as e:
        raise Refused(
            "not_a_checkpoint", f"{path} is no state dict of PyTorch's old format: {e}."
        ) from e


def _load(file: IO[bytes]) -> Any:
    return _Unpickler(file).load()


def _fill(storage: _Storage, file: IO[bytes]) -> None:
    dtype = STORAGES[storage.type_name].dtype
    length = int.from_bytes(file.read(8), "little")
    size = length * dtype.itemsize
    if length != storage.length or size > MOST_STORAGE_BYTES:
        raise ValueError(f"storage {storage.key} has {length} numbers, not {storage.length}")
    raw = file.read(size)
    if len(raw) != size:
        raise EOFError("it ends in the middle of its numbers")
    storage.numbers = np.frombuffer(raw, dtype)
