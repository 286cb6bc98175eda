"""Classes of a release, and what is said of a photo beside it, the same in every format. Pure."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from imagehub.manifest import Manifest, ManifestFile


class PhotoFacts:
    """What formats write beside photos.

    `names` are those of the classes in the order of their numbers; no two are equal.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.names = _names(manifest)
        self.numbers = {mid: number for number, mid in enumerate(manifest.classes)}

    def number(self, file: ManifestFile) -> int:
        """The number of the class that the file lies under."""
        return self.numbers[file.label]

    def of(self, file: ManifestFile) -> dict[str, Any]:
        """Everything that is known of a photo, as JSON has it."""
        return {
            "image_id": file.image_id,
            "label": self.number(file),
            "label_name": self.names[self.number(file)],
            "mid": file.label,
            "labels": [label.mid for label in file.labels],
            "confidences": [label.confidence for label in file.labels],
            "split": file.split,
            "width": file.width,
            "height": file.height,
            "sha256": file.sha256,
            "duplicate_group": file.duplicate_group,
            "author": file.contributor,
            "licence": file.licence,
        }


def json_line(fields: dict[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _names(manifest: Manifest) -> tuple[str, ...]:
    names = {label.mid: label.name for label in manifest.labels}
    shown = [names[mid] for mid in manifest.classes]
    uses = Counter(shown)
    return tuple(
        name if uses[name] == 1 else f"{name} ({mid})"
        for name, mid in zip(shown, manifest.classes, strict=True)
    )
