"""Lay out a release: each photo's path, its place in a shard, and the manifest of them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.storage import keys
from imagehub.subsets import ReleasePhoto
from imagehub.vocabulary import Label
from spark_jobs.release.selection.choose import ChosenImage
from spark_jobs.release.selection.paths import path
from spark_jobs.release.selection.shards import Shard, ShardEntry, plan

LICENCE = "CC-BY-4.0"
"""What contributors grant; there is one licence for all photos so far."""

LABEL_SOURCE = "machine"
"""Open Images' word for a label that a program has judged; people's reviews will have their own."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a release is to hold; `labels` has every MID that occurs, `photos` every image id."""

    release: str
    created_at: datetime
    label_set_version: int
    rules: Mapping[str, Any]
    choices: Sequence[ChosenImage]
    labels: Mapping[str, Label]
    photos: Mapping[str, ReleasePhoto]


@dataclass(frozen=True, slots=True)
class ReleaseLayout:
    """A release, ready to be written."""

    manifest: Manifest
    shards: tuple[Shard, ...]


def lay_out(selection: Selection) -> ReleaseLayout:
    """Order the photos by path, in shards as in the manifest: it is read once, forwards."""
    ordered = sorted((_path(selection, choice), choice) for choice in selection.choices)
    entries = [_entry(choice, selection.photos[choice.image_id]) for _, choice in ordered]
    shards = plan(entries, int(selection.created_at.timestamp()))
    in_shards = {
        image_id: (shard.number, start)
        for shard in shards
        for image_id, start in shard.starts().items()
    }
    manifest = Manifest(
        release=selection.release,
        created_at=selection.created_at,
        label_set_version=selection.label_set_version,
        rules=selection.rules,
        labels=tuple(label for _, label in sorted(selection.labels.items())),
        files=tuple(
            _file(file_path, choice, selection.photos[choice.image_id], in_shards[choice.image_id])
            for file_path, choice in ordered
        ),
    )
    return ReleaseLayout(manifest, tuple(shards))


def _path(selection: Selection, choice: ChosenImage) -> str:
    return path(choice.split, selection.labels[choice.label], choice.image_id)


def _entry(choice: ChosenImage, photo: ReleasePhoto) -> ShardEntry:
    facts = {
        "image_id": choice.image_id,
        "label": choice.label,
        "labels": [asdict(label) for label in _labels(choice)],
        "contributor": photo.contributor,
        "licence": LICENCE,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return ShardEntry(
        choice.image_id, keys.full(photo.photo_sha256), photo.sha256, photo.bytes, text.encode()
    )


def _file(
    file_path: str, choice: ChosenImage, photo: ReleasePhoto, in_shard: tuple[int, int]
) -> ManifestFile:
    shard, start = in_shard
    return ManifestFile(
        path=file_path,
        image_id=choice.image_id,
        sha256=photo.sha256,
        bytes=photo.bytes,
        crc32=photo.crc32,
        width=photo.width,
        height=photo.height,
        split=choice.split,
        label=choice.label,
        labels=_labels(choice),
        contributor=photo.contributor,
        licence=LICENCE,
        shard=shard,
        start=start,
        duplicate_group=choice.group,
    )


def _labels(choice: ChosenImage) -> tuple[FileLabel, ...]:
    return tuple(
        FileLabel(mid, LABEL_SOURCE, round(probability, 4)) for mid, probability in choice.labels
    )
