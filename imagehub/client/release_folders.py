"""Photos of an unpacked release, to be sent again: its folders and its tables name the labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imagehub import manifest, release_paths
from imagehub.client.folders import files_below
from imagehub.client.hub_client import HubClient
from imagehub.client.photo_files import Claim, PhotoFile
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Label

MANIFEST = "MANIFEST.jsonl"
_DOCUMENTS = {".md", ".csv", ".json", ".jsonl", ".txt"}
DEPTH = 3  # the release, a split, a label


def from_release(folder: Path) -> list[PhotoFile]:
    """The photos of an unpacked release, of one split or label of it; empty for other folders.

    What lies there and is not in the manifest is named as left out.
    """
    whole = folder.resolve()
    for root in [whole, *whole.parents][:DEPTH]:
        if not (root / MANIFEST).is_file():
            continue
        release = manifest.read((root / MANIFEST).read_bytes())
        labels = {file.path: file.label for file in release.files}
        below = whole.relative_to(root).as_posix()
        if below != "." and not any(path.startswith(f"{below}/") for path in labels):
            return []
        return [
            _photo(root, found.file, labels, found.left_out)
            for found in files_below(whole)
            if not _is_document(found.file, root)
        ]
    return []


def _is_document(file: Path, root: Path) -> bool:
    return file.name == "metadata.jsonl" or (file.parent == root and file.suffix in _DOCUMENTS)


def _photo(root: Path, file: Path, labels: dict[str, str], left_out: str) -> PhotoFile:
    path = file.relative_to(root).as_posix()
    if path not in labels:
        why = left_out or "It is not in the release's manifest."
        return PhotoFile(file, path, Claim(label=""), left_out=why)
    return PhotoFile(file, path, Claim(label=labels[path]))


def with_mids(photos: list[PhotoFile], client: HubClient) -> list[PhotoFile]:
    """The photos with MIDs for labels that are called like a release's folders (SLUG-CODE)."""
    known = {
        label: _mid(label, client) for label in sorted({photo.claim.label for photo in photos})
    }
    return [
        replace(photo, claim=replace(photo.claim, label=known[photo.claim.label]))
        for photo in photos
    ]


def _mid(label: str, client: HubClient) -> str:
    for mid in release_paths.mids_of(label):
        try:
            found = client.label(mid)
        except (NotFound, Refused):
            continue
        if release_paths.folder(Label(found.mid, found.name)) == label:
            return mid
    return label
