"""Checkpoints of PyTorch's old format: tensors come out, and nothing in the file is run."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imagehub.errors import Refused
from imagehub.vision.torch_checkpoint import MAGIC, VERSION, read_state


def pickled_global(module: str, name: str) -> bytes:
    return b"c" + f"{module}\n{name}\n".encode()


def tensor_pickle(
    *,
    length: int,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    function: tuple[str, str],
) -> bytes:
    """`OrderedDict([("weight", tensor)])` in protocol 2, written by hand."""
    out = io.BytesIO()
    out.write(b"\x80\x02")
    out.write(pickled_global("collections", "OrderedDict") + b")R(")
    out.write(b"X\x06\x00\x00\x00weight")
    out.write(pickled_global(*function))
    out.write(b"((X\x07\x00\x00\x00storage" + pickled_global("torch", "FloatStorage"))
    out.write(b"X\x01\x00\x00\x000")
    out.write(b"X\x03\x00\x00\x00cpu" + b"J" + length.to_bytes(4, "little") + b"NtQ")
    out.write(b"J" + offset.to_bytes(4, "little", signed=True))
    for numbers in (shape, strides):
        out.write(b"(" + b"".join(b"J" + n.to_bytes(4, "little", signed=True) for n in numbers))
        out.write(b"t")
    out.write(b"\x89" + pickled_global("collections", "OrderedDict") + b")RtRu.")
    return out.getvalue()


def checkpoint(path: Path, numbers: list[float], **changes: Any) -> Path:
    fields: dict[str, Any] = {
        "length": len(numbers),
        "offset": 0,
        "shape": (2, 3),
        "strides": (3, 1),
        "function": ("torch._utils", "_rebuild_tensor_v2"),
        **changes,
    }
    data = pickle.dumps(MAGIC, 2) + pickle.dumps(VERSION, 2) + pickle.dumps({}, 2)
    data += tensor_pickle(**fields) + pickle.dumps(["0"], 2)
    data += len(numbers).to_bytes(8, "little") + np.array(numbers, "<f4").tobytes()
    path.write_bytes(data)
    return path


def test_a_tensor_is_read_by_its_strides(tmp_path: Path) -> None:
    numbers = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    plain = read_state(checkpoint(tmp_path / "a", numbers))["weight"]
    assert plain.tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = read_state(checkpoint(tmp_path / "b", numbers, strides=(1, 2)))["weight"]
    assert turned.tolist() == [[0, 2, 4], [1, 3, 5]]


@pytest.mark.parametrize(
    "changes",
    [
        {"function": ("os", "system")},
        {"function": ("builtins", "eval")},
        {"function": ("torch._utils", "_rebuild_tensor_v3")},
        {"offset": 1},
        {"offset": -1},
        {"strides": (3, 2)},
        {"shape": (200, 3)},
        {"length": 5},
    ],
)
def test_what_is_no_plain_tensor_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        read_state(checkpoint(tmp_path / "a", [0.0] * 6, **changes))
    assert refused.value.code == "not_a_checkpoint"


@pytest.mark.parametrize("kept", [0, 10, 60, -1])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, kept: int) -> None:
    whole = checkpoint(tmp_path / "a", [0.0] * 6).read_bytes()
    (tmp_path / "b").write_bytes(whole[:kept])
    with pytest.raises(Refused):
        read_state(tmp_path / "b")


def test_an_ordinary_pickle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(pickle.dumps(OrderedDict(a=1)))
    with pytest.raises(Refused):
        read_state(tmp_path / "a")
