"""COCO in a ZIP: annotations and photos. A class is a box as large as the photo."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from imagehub.formats import zip_members
from imagehub.formats.planning import PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.importing.licences import address
from imagehub.manifest import ManifestFile
from imagehub.release_documents import documents
from imagehub.skeleton.pieces import Entry

PATH = "coco/{release}.zip"
LAYOUT = "Photos stand in `<split>/<image>.jpg`, what they show in `annotations/`, as in COCO."
BESIDE = ("README.md", "CREDITS.md", "MANIFEST.jsonl", "SIGNATURE.json", "classes.txt")


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """One archive of everything."""
    manifest = release.facts.manifest
    path = PATH.format(release=manifest.release)
    return [PlannedFile(path, "application/zip", manifest.files, partial(_entries, release))]


def instances(release: PlannedRelease, split: str) -> dict[str, Any]:
    """What COCO's API reads. Images are numbered over all splits, categories over all releases."""
    manifest = release.facts.manifest
    numbered = [
        (number, file) for number, file in enumerate(manifest.files, 1) if file.split == split
    ]
    licences = sorted({file.licence for file in manifest.files})
    boxes = [box for number, file in numbered for box in _boxes(release, number, file)]
    return {
        "info": {
            "description": manifest.release,
            "date_created": manifest.created_at.isoformat(),
            "year": manifest.created_at.year,
        },
        "licenses": [
            {"id": number, "name": licence, "url": address(licence)}
            for number, licence in enumerate(licences, 1)
        ],
        "categories": _categories(release),
        "images": [_image(number, file, licences) for number, file in numbered],
        "annotations": [{"id": number, **box} for number, box in enumerate(boxes, 1)],
    }


def _categories(release: PlannedRelease) -> list[dict[str, Any]]:
    classes = zip(release.facts.manifest.classes, release.photo_facts.names, strict=True)
    return [
        {"id": release.category_ids[mid], "name": name, "supercategory": "", "mid": mid}
        for mid, name in classes
    ]


def _image(number: int, file: ManifestFile, licences: Sequence[str]) -> dict[str, Any]:
    return {
        "id": number,
        "file_name": f"{file.image_id}.jpg",
        "width": file.width,
        "height": file.height,
        "license": licences.index(file.licence) + 1,
        "author": file.contributor,
        "labels": [label.mid for label in file.labels],
    }


def _boxes(release: PlannedRelease, number: int, file: ManifestFile) -> Iterator[dict[str, Any]]:
    """One for each class of the release that holds for the photo, its own first."""
    held = dict.fromkeys([file.label, *(label.mid for label in file.labels)])
    width, height = file.width, file.height
    for mid in held:
        if mid in release.category_ids:
            yield {
                "image_id": number,
                "category_id": release.category_ids[mid],
                "bbox": [0, 0, width, height],
                "area": width * height,
                "segmentation": [[0, 0, width, 0, width, height, 0, height]],
                "iscrowd": 0,
            }


def _entries(release: PlannedRelease) -> Iterator[Entry]:
    beside = documents(release.facts, LAYOUT)
    texts = {name: beside[name] for name in BESIDE} | {
        f"annotations/instances_{split}.json": _json(instances(release, split))
        for split in release.splits
    }
    photos = (
        zip_members.photo(f"{file.split}/{file.image_id}.jpg", file)
        for file in release.facts.manifest.files
    )
    return zip_members.archive(
        [*(zip_members.text(name, data) for name, data in texts.items()), *photos]
    )


def _json(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


FORMAT = ReleaseFormat(
    name="coco",
    title="COCO, in a ZIP",
    rank=6,
    plan=plan,
    use="""# unpack {release}.zip
from pycocotools.coco import COCO

train = COCO("annotations/instances_train.json")  # photos are in train/""",
    whole=PATH,
)
