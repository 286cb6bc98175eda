"""Parquet as Hugging Face's `datasets` reads it: photos as they are, features in the metadata.

The layout of an uncompressed column without dictionary and statistics depends on the lengths of its
values alone, so the file is written with stand-ins of the photos' lengths, and each stand-in is
then found again, in order.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imagehub.formats.parquet_card import card
from imagehub.formats.planning import PhotoShard, PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.manifest import ManifestFile
from imagehub.photo_facts import PhotoFacts
from imagehub.skeleton.pieces import Entry, PhotoPiece

ROW_GROUP = 100
"""One range request brings such a group: some megabytes."""

SCHEMA = pa.schema(
    [
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("label", pa.int64()),
        ("labels", pa.list_(pa.string())),
        ("confidences", pa.list_(pa.float64())),
        ("image_id", pa.string()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("author", pa.string()),
        ("licence", pa.string()),
    ]
)


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """A file for each shard of each split, under the names that `datasets` expects; a README."""
    facts = release.photo_facts
    schema = SCHEMA.with_metadata(
        {"huggingface": json.dumps({"info": {"features": features(facts.names)}})}
    )
    shards = [
        PlannedFile(
            path(shard),
            "application/vnd.apache.parquet",
            shard.files,
            partial(_entries, facts, schema, shard),
        )
        for shard in release.shards
    ]
    readme = partial(_text, card(release).encode())
    return [*shards, PlannedFile("parquet/README.md", "text/markdown", (), readme)]


def path(shard: PhotoShard) -> str:
    """data/SPLIT-NUMBER-of-SHARDS.parquet."""
    return f"parquet/data/{shard.split}-{shard.number:05d}-of-{shard.shards:05d}.parquet"


def features(names: Sequence[str]) -> dict[str, Any]:
    """The columns as `datasets` describes them."""
    plain = {"labels": "string", "confidences": "float64"}
    return {
        "image": {"_type": "Image"},
        "label": {"names": list(names), "_type": "ClassLabel"},
        **{
            name: {"feature": {"dtype": dtype, "_type": "Value"}, "_type": "List"}
            for name, dtype in plain.items()
        },
        **{
            field.name: {"dtype": str(field.type), "_type": "Value"}
            for field in SCHEMA
            if field.name not in {"image", "label", *plain}
        },
    }


def _text(data: bytes) -> Iterator[Entry]:
    yield (data,)


def _entries(facts: PhotoFacts, schema: pa.Schema, shard: PhotoShard) -> Iterator[Entry]:
    """What the writer has written so far leaves as soon as it is known where photos stand in it."""
    sink = _Sink()
    with pq.ParquetWriter(
        sink,
        schema,
        compression={"image.bytes": "none", **dict.fromkeys(_others(schema), "zstd")},
        use_dictionary=_others(schema),
        write_statistics=_others(schema),
        write_page_index=True,
    ) as writer:
        for start in range(0, len(shard.files), ROW_GROUP):
            files = shard.files[start : start + ROW_GROUP]
            rows = [_row(facts, file) for file in files]
            writer.write_table(pa.Table.from_pylist(rows, schema), row_group_size=ROW_GROUP)
            yield from _split(sink.taken(), files)
    yield (sink.taken(),)


def _others(schema: pa.Schema) -> list[str]:
    return [
        *("image.path", "label", "labels.list.element", "confidences.list.element"),
        *(
            field.name
            for field in schema
            if not pa.types.is_nested(field.type) and field.name != "label"
        ),
    ]


def _row(facts: PhotoFacts, file: ManifestFile) -> dict[str, Any]:
    fields = facts.of(file)
    return {
        "image": {"bytes": _stand_in(file), "path": f"{file.image_id}.jpg"},
        **{name: fields[name] for name in SCHEMA.names if name != "image"},
    }


def _stand_in(file: ManifestFile) -> bytes:
    return f"photo {file.sha256} ".encode().ljust(file.bytes, b"\0")[: file.bytes]


def _split(data: bytes, files: Sequence[ManifestFile]) -> Iterator[Entry]:
    position = 0
    for file in files:
        found = data.index(_stand_in(file), position)
        yield data[position:found], PhotoPiece.of(file)
        position = found + file.bytes
    yield (data[position:],)


class _Sink(io.RawIOBase):
    """A file to write to, of which one takes away what was written."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """How many bytes were written in all."""
        return self._position

    def write(self, data: Any) -> int:
        """Keep the bytes."""
        taken = bytes(data)
        self._written.append(taken)
        self._position += len(taken)
        return len(taken)

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._written)
        self._written.clear()
        return data


FORMAT = ReleaseFormat(
    name="parquet",
    title="Parquet for Hugging Face",
    rank=4,
    plan=plan,
    use="""import os

os.environ["HF_ENDPOINT"] = "{hub}"  # before `datasets` is imported
from datasets import load_dataset

train = load_dataset("hub/{subset}", revision="v{number}", split="train", streaming=True)""",
)
