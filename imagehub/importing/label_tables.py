"""Labels from a table beside the photos: a CSV of ours, or COCO's annotations.

A table names files as they stand in the source, or, where they lie in folders, by the end of that.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from imagehub.client.csv_rows import read_table
from imagehub.errors import Refused
from imagehub.importing.source import SourceFacts


class LabelTable:
    """What a table says of each photo."""

    def __init__(self, facts: Mapping[str, SourceFacts]) -> None:
        self._facts = facts
        self._left = set(facts)

    def facts(self, name: str) -> SourceFacts | None:
        """What it says of a file; of the same file in another folder only by its whole path."""
        parts = PurePosixPath(name).parts
        for start in range(len(parts)):
            known = "/".join(parts[start:])
            if known in self._facts:
                self._left.discard(known)
                return self._facts[known]
        return None

    def missing(self) -> list[str]:
        """The files that it names and that nobody asked for."""
        return sorted(self._left)


def read_label_table(file: Path) -> LabelTable:
    """Read a CSV (file,label[,licence,author,title,source]) or COCO's JSON.

    Raises Refused that says where it is wrong; nothing is imported then.
    """
    return LabelTable(_coco(file) if file.suffix.lower() == ".json" else _csv(file))


def _csv(file: Path) -> dict[str, SourceFacts]:
    labels: dict[str, list[str]] = defaultdict(list)
    others: dict[str, dict[str, str]] = {}
    for row in read_table(file, ("file", "label")).rows:
        if not row.cells["file"]:
            row.refuse("has no file")
        labels[row.cells["file"]].append(row.cells["label"])
        others[row.cells["file"]] = row.cells
    return {name: _facts(labels[name], others[name]) for name in labels}


def _facts(labels: list[str], other: Mapping[str, str]) -> SourceFacts:
    return SourceFacts(
        labels=tuple(labels),
        licence=other.get("licence", ""),
        author=other.get("author", ""),
        title=other.get("title", ""),
        source_url=other.get("source", ""),
    )


def _coco(file: Path) -> dict[str, SourceFacts]:
    """COCO: `images` by `file_name`, `annotations` join them with `categories` by id."""
    try:
        data = json.loads(file.read_bytes())
        names = {one["id"]: str(one["name"]) for one in data["categories"]}
        licences = {one["id"]: _licence(one) for one in data.get("licenses", [])}
        labels: dict[Any, list[str]] = defaultdict(list)
        for one in data["annotations"]:
            labels[one["image_id"]].append(names[one["category_id"]])
        return {
            str(one["file_name"]): SourceFacts(
                labels=tuple(dict.fromkeys(labels[one["id"]])),
                licence=licences.get(one.get("license"), ""),
                source_url=str(one.get("flickr_url") or one.get("coco_url") or ""),
            )
            for one in data["images"]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(
            "label_table_broken",
            f"{file.name} is not COCO's annotations ({type(error).__name__}: {error}). Nothing was"
            " imported.",
        ) from error


def _licence(one: Mapping[str, Any]) -> str:
    return str(one.get("url") or one.get("name") or "")
