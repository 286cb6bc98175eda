"""The dataset card (README.md with YAML) that Hugging Face's tools read beside Parquet. Pure."""

from __future__ import annotations

import json

from imagehub.formats.planning import PlannedRelease
from imagehub.release_documents import escaped

COLUMNS = {
    "image_id": "string",
    "width": "int64",
    "height": "int64",
    "author": "string",
    "licence": "string",
}


def card(release: PlannedRelease) -> str:
    """Splits, features and sizes as YAML (JSON is YAML 1.2), then words for people."""
    manifest = release.facts.manifest
    head = {
        "pretty_name": manifest.release,
        "license": sorted({file.licence.lower() for file in manifest.files}),
        "task_categories": ["image-classification"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"data/{split}-*"} for split in release.splits
                ],
            }
        ],
        "dataset_info": {
            "features": [
                {"name": "image", "dtype": "image"},
                {"name": "label", "dtype": {"class_label": {"names": _numbered(release)}}},
                {"name": "labels", "list": "string"},
                {"name": "confidences", "list": "float64"},
                *({"name": name, "dtype": dtype} for name, dtype in COLUMNS.items()),
            ],
            "splits": [_split(release, split) for split in release.splits],
        },
    }
    yaml = "\n".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()
    )
    return f"---\n{yaml}\n---\n# {escaped(manifest.release)}\n\n{_words(release)}"


def _numbered(release: PlannedRelease) -> dict[str, str]:
    return {str(number): name for number, name in enumerate(release.photo_facts.names)}


def _split(release: PlannedRelease, split: str) -> dict[str, object]:
    files = [file for shard in release.of_split(split) for file in shard.files]
    total_bytes = sum(file.bytes for file in files)
    return {"name": split, "num_bytes": total_bytes, "num_examples": len(files)}


def _words(release: PlannedRelease) -> str:
    manifest = release.facts.manifest
    photos, classes = len(manifest.files), len(release.photo_facts.names)
    return (
        f"A release of Deep Images Hub: {photos} photos of {classes} classes, frozen at"
        f" {manifest.created_at:%Y-%m-%d %H:%M} UTC. `labels` are all labels that hold for a photo,"
        " as MIDs of Open Images; `label` is the class that it stands under.\n"
    )
