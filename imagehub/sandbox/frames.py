"""How the sandbox and its child speak: frames of a length and bytes, and one fixed answer.

The child may be under the control of the photo's sender. Nothing it says is unpickled, and every
field is checked against what the photo's header allows.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Set
from dataclasses import asdict, dataclass
from typing import BinaryIO

from imagehub.photo import Derivative, LandedPhoto, PhotoHeader
from imagehub.photo.landing import FULL_PIXELS, THUMB_PIXELS, VIEW_PIXELS
from imagehub.photo.refusals import DECODING_SENTENCES
from imagehub.sandbox.confinement import Lack
from imagehub.vocabulary import MAX_PHOTO_BYTES

_READY = "ready"
_LENGTH = struct.Struct(">I")
_SIDES = {"full": FULL_PIXELS, "view": VIEW_PIXELS, "thumb": THUMB_PIXELS}
_MAX_FRAME_BYTES = MAX_PHOTO_BYTES


class BrokenAnswer(Exception):
    """The child ended, or said what no honest child says."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost its child; the memory is the child's whole address space."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 10
    wall_seconds: float = 30.0

    def to_json(self) -> str:
        """As the child's one argument."""
        return json.dumps(asdict(self))


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO, max_bytes: int = _MAX_FRAME_BYTES) -> bytes:
    """Read one frame; raise BrokenAnswer if the stream ends or the frame is too long."""
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > max_bytes:
        raise BrokenAnswer(f"a frame of {length} bytes")
    return _read(stream, length)


def write_ready(stream: BinaryIO, lacks: Set[Lack]) -> None:
    """Say that photos may come, and what the child could not give up."""
    write_frame(stream, " ".join((_READY, *sorted(lacks))).encode())


def read_ready(stream: BinaryIO) -> frozenset[Lack]:
    """Wait until photos may come; raise BrokenAnswer if the stream ends or says anything else."""
    first, *lacks = read_frame(stream, max_bytes=64).decode(errors="replace").split(" ")
    if first != _READY or not set(lacks) <= set(Lack):
        raise BrokenAnswer("no readiness")
    return frozenset(Lack(lack) for lack in lacks)


def write_landed(stream: BinaryIO, photo: LandedPhoto) -> None:
    """Answer with a photo: one frame of numbers, then the three derivatives."""
    numbers: dict[str, int] = {
        "width": photo.width,
        "height": photo.height,
        "fingerprint": photo.fingerprint,
        "brightness": photo.brightness,
    }
    made = {"full": photo.full, "view": photo.view, "thumb": photo.thumb}
    for name, derivative in made.items():
        numbers |= {f"{name}_width": derivative.width, f"{name}_height": derivative.height}
    write_frame(stream, json.dumps(numbers).encode())
    for derivative in made.values():
        write_frame(stream, derivative.data)


def write_refused(stream: BinaryIO, code: str) -> None:
    """Answer with a code of DECODING_SENTENCES."""
    write_frame(stream, json.dumps({"refused": code}).encode())


def read_answer(stream: BinaryIO, header: PhotoHeader) -> LandedPhoto | str:
    """Read the photo, or the code of its refusal; raise BrokenAnswer for anything else."""
    numbers = _read_numbers(stream)
    if isinstance(numbers, str):
        return numbers
    width, height = numbers["width"], numbers["height"]
    if sorted((width, height)) != sorted((header.width, header.height)):
        raise BrokenAnswer("another size than the photo's")
    if not -(2**63) <= numbers["fingerprint"] < 2**63:
        raise BrokenAnswer("a fingerprint of more than 64 bits")
    if not 0 <= numbers["brightness"] <= 255:
        raise BrokenAnswer("a brightness beyond white")
    made = {name: _read_derivative(stream, name, numbers) for name in _SIDES}
    return LandedPhoto(
        format=header.format,
        width=width,
        height=height,
        flags=header.flags,
        fingerprint=numbers["fingerprint"],
        brightness=numbers["brightness"],
        **made,
    )


def _read_numbers(stream: BinaryIO) -> dict[str, int] | str:
    try:
        answer = json.loads(read_frame(stream, max_bytes=1024))
    except (ValueError, RecursionError) as error:
        raise BrokenAnswer("no JSON") from error
    if isinstance(answer, dict) and str(answer.get("refused")) in DECODING_SENTENCES:
        return str(answer["refused"])
    sides = {f"{name}_{side}" for name in _SIDES for side in ("width", "height")}
    expected = {"width", "height", "fingerprint", "brightness"} | sides
    if not isinstance(answer, dict) or set(answer) != expected:
        raise BrokenAnswer("other fields than a photo's")
    if not all(type(number) is int for number in answer.values()):
        raise BrokenAnswer("a field that is no integer")
    return answer


def _read_derivative(stream: BinaryIO, name: str, numbers: dict[str, int]) -> Derivative:
    width, height = numbers[f"{name}_width"], numbers[f"{name}_height"]
    if not (1 <= width <= _SIDES[name] and 1 <= height <= _SIDES[name]):
        raise BrokenAnswer("a derivative of the wrong size")
    data = read_frame(stream)
    if not data.startswith(b"\xff\xd8\xff"):
        raise BrokenAnswer("a derivative that is no JPEG")
    return Derivative(data, width, height)


def _read(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if data is None or len(data) < length:
        raise BrokenAnswer("the end of the child")
    return data
