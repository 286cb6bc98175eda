"""Lay out a release: each photo's path, the order of classes, and the manifest of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.release_paths import folder
from imagehub.subsets import ReleasePhoto
from imagehub.vocabulary import Label
from spark_jobs.release.selection.choose import ChosenImage
from spark_jobs.release.selection.paths import path

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


def lay_out(selection: Selection) -> Manifest:
    """The manifest: files in order of their paths, classes in the order of their folders' names.

    So a loader that numbers folders as it finds them gives each class its number in the manifest.
    """
    ordered = sorted((_path(selection, choice), choice) for choice in selection.choices)
    folders = {choice.label: folder(selection.labels[choice.label]) for _, choice in ordered}
    return Manifest(
        release=selection.release,
        created_at=selection.created_at,
        label_set_version=selection.label_set_version,
        rules=selection.rules,
        labels=tuple(label for _, label in sorted(selection.labels.items())),
        files=tuple(
            _file(file_path, choice, selection.photos[choice.image_id])
            for file_path, choice in ordered
        ),
        classes=tuple(sorted(folders, key=folders.__getitem__)),
    )


def _path(selection: Selection, choice: ChosenImage) -> str:
    return path(choice.split, selection.labels[choice.label], choice.image_id)


def _file(file_path: str, choice: ChosenImage, photo: ReleasePhoto) -> ManifestFile:
    return ManifestFile(
        path=file_path,
        image_id=choice.image_id,
        photo_sha256=photo.photo_sha256,
        sha256=photo.sha256,
        bytes=photo.bytes,
        crc32=photo.crc32,
        width=photo.width,
        height=photo.height,
        split=choice.split,
        label=choice.label,
        labels=_labels(choice),
        contributor=photo.contributor,
        licence=photo.licence,
        duplicate_group=choice.group,
    )


def _labels(choice: ChosenImage) -> tuple[FileLabel, ...]:
    return tuple(
        FileLabel(mid, LABEL_SOURCE, round(probability, 4)) for mid, probability in choice.labels
    )
