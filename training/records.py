"""TFRecord files of tf.train.Example, written without TensorFlow.

The same photos always give the same bytes. The frame is that of TensorFlow's record writer: length,
its masked CRC-32C, the bytes, theirs. The fields are named as TensorFlow's Object Detection API
names them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crc32c import crc32c

from imagehub.errors import Refused

Value = bytes | int
_MASK = 0xA282EAD8
_HEAD_BYTES = 12
_TAIL_BYTES = 4


@dataclass(frozen=True, slots=True)
class Example:
    """One photo of a training shard: a JPEG of `side_pixels` square and the number of its class."""

    image_id: str
    sha256: str
    jpeg: bytes
    side_pixels: int
    mid: str
    class_number: int

    def fields(self) -> dict[str, Value]:
        """The features of the tf.train.Example."""
        return {
            "image/class/label": self.class_number,
            "image/class/text": self.mid.encode(),
            "image/encoded": self.jpeg,
            "image/filename": f"{self.image_id}.jpg".encode(),
            "image/format": b"jpeg",
            "image/height": self.side_pixels,
            "image/key/sha256": self.sha256.encode(),
            "image/source_id": self.image_id.encode(),
            "image/width": self.side_pixels,
        }


def encode(fields: Mapping[str, Value]) -> bytes:
    """A tf.train.Example with one value in each feature, in order of their names."""
    features = b"".join(
        _message(1, _message(1, name.encode()) + _message(2, _feature(value)))
        for name, value in sorted(fields.items())
    )
    return _message(1, features)


def frame(record: bytes) -> bytes:
    """A record as it lies in a TFRecord file."""
    length = struct.pack("<Q", len(record))
    return length + _masked(length) + record + _masked(record)


def write(examples: Iterable[Example]) -> bytes:
    """A whole TFRecord file."""
    return b"".join(frame(encode(example.fields())) for example in examples)


def split(data: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file; raise Refused(`shard_damaged`) if a checksum is wrong."""
    at = 0
    while at < len(data):
        head = data[at : at + 8]
        if len(head) < 8 or data[at + 8 : at + _HEAD_BYTES] != _masked(head):
            raise _damaged(at)
        (length,) = struct.unpack("<Q", head)
        start = at + _HEAD_BYTES
        record = data[start : start + length]
        at = start + length + _TAIL_BYTES
        if len(record) < length or data[at - _TAIL_BYTES : at] != _masked(record):
            raise _damaged(start)
        yield record


class ExampleFeatures(NamedTuple):
    """The features of a tf.train.Example, by kind."""

    texts: dict[str, bytes]
    numbers: dict[str, int]


def decode(record: bytes) -> ExampleFeatures:
    """The features of a tf.train.Example that `encode` wrote."""
    found = ExampleFeatures({}, {})
    for _, features in _fields(record):
        for _, entry in _fields(features):
            (_, name), (_, feature) = _fields(entry)
            ((kind, values),) = _fields(feature)
            ((_, value),) = _fields(values)
            if kind == 1:
                found.texts[name.decode()] = value
            else:
                found.numbers[name.decode()] = _read_varint(value, 0)[0]
    return found


def _fields(message: bytes) -> list[tuple[int, bytes]]:
    """Number and bytes of each length-delimited field."""
    found, at = [], 0
    while at < len(message):
        field = message[at] >> 3
        length, start = _read_varint(message, at + 1)
        found.append((field, message[start : start + length]))
        at = start + length
    return found


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number and the place behind it."""
    number = shift = 0
    while data[at] & 0x80:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return number | data[at] << shift, at + 1


def _damaged(at: int) -> Refused:
    return Refused("shard_damaged", f"A training shard is damaged at byte {at}: make it again.")


def _masked(data: bytes) -> bytes:
    digits = crc32c(data)
    return struct.pack("<I", (((digits >> 15) | (digits << 17)) + _MASK) & 0xFFFFFFFF)


def _feature(value: Value) -> bytes:
    if isinstance(value, bytes):
        return _message(1, _message(1, value))
    return _message(3, _message(1, _varint(value)))


def _message(field: int, data: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes([field << 3 | 2]) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)
