"""A `tf.train.Example` around a photo, as a TFRecord entry, without TensorFlow. Pure.

The photo is the last value of the message, so that all other bytes stand before it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from imagehub.manifest import ManifestFile
from imagehub.skeleton.pieces import Entry, PhotoPiece, RecordChecksum, masked_crc32c

Values: TypeAlias = Sequence[str] | Sequence[int] | Sequence[float]
BYTES_LIST, FLOAT_LIST, INT64_LIST = 1, 2, 3
"""Fields of `Feature` (tensorflow/core/example/feature.proto)."""
KEY, VALUE = 1, 2
"""Fields of an entry of a map in Protocol Buffers."""


def record(features: Mapping[str, Values], photo_name: str, file: ManifestFile) -> Entry:
    """One record: its length with a checksum, then the Example with a checksum."""
    others = b"".join(_field(1, _entry(name, _feature(v))) for name, v in features.items())
    key = _field(KEY, photo_name.encode())
    value_head = _head(1, file.bytes)
    list_head = _head(BYTES_LIST, len(value_head) + file.bytes)
    feature_head = _head(VALUE, len(list_head) + len(value_head) + file.bytes)
    heads = key + feature_head + list_head + value_head
    entry_head = _head(1, len(heads) + file.bytes)
    features_bytes = len(others) + len(entry_head) + len(heads) + file.bytes
    example = _head(1, features_bytes) + others + entry_head + heads
    length = struct.pack("<Q", len(example) + file.bytes)
    start = length + masked_crc32c(length)
    return start, example, PhotoPiece.of(file), RecordChecksum(2)


def _entry(name: str, feature: bytes) -> bytes:
    return _field(KEY, name.encode()) + _field(VALUE, feature)


def _feature(values: Values) -> bytes:
    first = next(iter(values), "")
    if isinstance(first, str):
        return _field(BYTES_LIST, b"".join(_field(1, str(value).encode()) for value in values))
    if isinstance(first, float):
        return _field(FLOAT_LIST, _field(1, struct.pack(f"<{len(values)}f", *values)))
    return _field(INT64_LIST, _field(1, b"".join(_varint(int(value)) for value in values)))


def _field(number: int, data: bytes) -> bytes:
    return _head(number, len(data)) + data


def _head(number: int, size_bytes: int) -> bytes:
    """Tag and length of a field that has a length."""
    return _varint(number << 3 | 2) + _varint(size_bytes)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
