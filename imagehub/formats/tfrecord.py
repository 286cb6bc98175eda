"""TFRecord for TensorFlow, with what `tfds.builder_from_directory` reads beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from imagehub.formats import tf_example
from imagehub.formats.planning import PhotoShard, PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.manifest import ManifestFile
from imagehub.photo_facts import PhotoFacts
from imagehub.skeleton.pieces import Entry

CONNECTORS = "tensorflow_datasets.core.features"
PHOTO, CLASS = "image/encoded", "image/class/label"
CLASS_NAMES = "image.class.label.labels.txt"
"""Where TFDS looks for the names of the feature CLASS."""


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """A file for each shard of each split; features, splits and class names for TFDS."""
    facts = release.photo_facts
    shards = [
        PlannedFile(
            path(shard), "application/octet-stream", shard.files, partial(_entries, facts, shard)
        )
        for shard in release.shards
    ]
    beside = {
        "features.json": json.dumps(features(len(facts.names)), indent=1),
        "dataset_info.json": json.dumps(_info(release), indent=1),
        CLASS_NAMES: "".join(f"{name}\n" for name in facts.names),
    }
    return shards + [
        PlannedFile(f"tfrecord/{name}", _media_type(name), (), partial(_text, text.encode()))
        for name, text in beside.items()
    ]


def path(shard: PhotoShard) -> str:
    """SPLIT.tfrecord-NUMBER-of-SHARDS."""
    return f"tfrecord/{shard.split}.tfrecord-{shard.number:05d}-of-{shard.shards:05d}"


def features(classes: int) -> dict[str, Any]:
    """The features as TFDS describes them."""
    text = _feature("text_feature.Text", "text", {})
    whole = _feature("scalar.Scalar", "tensor", {"shape": {}, "dtype": "int64", "encoding": "none"})
    real = _feature(
        "scalar.Scalar", "tensor", {"shape": {}, "dtype": "float32", "encoding": "none"}
    )
    image = {
        "shape": {"dimensions": ["-1", "-1", "3"]}, "dtype": "uint8", "encodingFormat": "jpeg",
    }  # fmt: skip
    named = {
        PHOTO: _feature("image_feature.Image", "image", image),
        CLASS: _feature(
            "class_label_feature.ClassLabel", "classLabel", {"numClasses": str(classes)}
        ),
        **{f"image/{name}": text for name in ("id", "filename", "format", "class/text")},
        **{f"image/{name}": text for name in ("author", "licence")},
        **{f"image/{name}": whole for name in ("width", "height")},
        "image/labels": _sequence(text),
        "image/confidences": _sequence(real),
    }
    return _feature("features_dict.FeaturesDict", "featuresDict", {"features": named})


def _feature(connector: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"pythonClassName": f"{CONNECTORS}.{connector}", kind: value}


def _sequence(of: dict[str, Any]) -> dict[str, Any]:
    return _feature("sequence_feature.Sequence", "sequence", {"feature": of, "length": "-1"})


def _info(release: PlannedRelease) -> dict[str, Any]:
    manifest = release.facts.manifest
    return {
        "name": "".join(c if c.isalnum() else "_" for c in manifest.release),
        "version": f"{manifest.release.rpartition('-')[2]}.0.0",
        "fileFormat": "tfrecord",
        "supervisedKeys": {
            "tuple": {"items": [{"featureKey": PHOTO}, {"featureKey": CLASS}]}
        },
        "splits": [_split(release, split) for split in release.splits],
    }  # fmt: skip


def _split(release: PlannedRelease, split: str) -> dict[str, Any]:
    shards = release.of_split(split)
    return {
        "name": split,
        "numBytes": str(sum(file.bytes for shard in shards for file in shard.files)),
        "shardLengths": [str(len(shard.files)) for shard in shards],
        "filepathTemplate": "{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
    }


def _entries(facts: PhotoFacts, shard: PhotoShard) -> Iterator[Entry]:
    for file in shard.files:
        yield tf_example.record(_values(facts, file), PHOTO, file)


def _values(facts: PhotoFacts, file: ManifestFile) -> dict[str, tf_example.Values]:
    number = facts.number(file)
    return {
        "image/id": [file.image_id],
        "image/filename": [f"{file.image_id}.jpg"],
        "image/format": ["jpeg"],
        "image/width": [file.width],
        "image/height": [file.height],
        CLASS: [number],
        "image/class/text": [facts.names[number]],
        "image/labels": [label.mid for label in file.labels],
        "image/confidences": [float(label.confidence) for label in file.labels],
        "image/author": [file.contributor],
        "image/licence": [file.licence],
    }


def _media_type(name: str) -> str:
    return "application/json" if name.endswith(".json") else "text/plain"


def _text(data: bytes) -> Iterator[Entry]:
    yield (data,)


FORMAT = ReleaseFormat(
    name="tfrecord",
    title="TFRecord for TensorFlow",
    rank=5,
    plan=plan,
    use="""# in a terminal, with a key in IMAGEHUB_TOKEN: fetch the files of
# {hub}/api/v1/releases/{release}/formats/tfrecord into the folder {release}
import tensorflow_datasets as tfds

builder = tfds.builder_from_directory("{release}")
train = builder.as_dataset(split="train", as_supervised=True)""",
)
