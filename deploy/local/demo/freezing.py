"""Make a subset and a release, fetch it in both ways, and hold every byte to the manifest."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import requests
from imagehub.client.download import Wish, download

from imagehub.client import HubClient
from imagehub.vocabulary import SubsetRules

CHUNK_BYTES = 1 << 20
DOWNLOAD_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Frozen:
    """A release and how many of its files differ, in the client's download or in the ZIP."""

    release: str
    files: int
    mismatches: tuple[str, ...]


def freeze(client: HubClient, name: str, labels: Sequence[str]) -> str:
    """Save a subset of the labels, release it, and return the release's id once it is ready."""
    client.create_subset(name, SubsetRules(labels=tuple(labels)))
    return client.wait_for_release(client.request_release(name)).id


def fetch_and_compare(client: HubClient, release: str, folder: Path) -> Frozen:
    """Download with our client and as a ZIP; compare both with the manifest, byte for byte."""
    taken = download(client, release, folder / "files", Wish())
    manifest = client.manifest(release)
    expected = {line["path"]: line["sha256"] for line in map(json.loads, manifest.splitlines()[1:])}
    archive = folder / f"{release}.zip"
    promised_bytes = _fetch_zip(client, release, archive)
    wrong = [f"client: {path}" for path in taken.mismatches]
    wrong += [f"client: {path}" for path in _differing(expected, _in_folder(folder / "files"))]
    with zipfile.ZipFile(archive) as opened:
        wrong += [f"zip: {path}" for path in _differing(expected, _in_zip(opened))]
        if not any(opened.read(name) == manifest for name in opened.namelist() if _is_text(name)):
            wrong.append("zip: the manifest")
    if archive.stat().st_size != promised_bytes:
        wrong.append("zip: its Content-Length")
    return Frozen(release, len(expected), tuple(wrong))


def _fetch_zip(client: HubClient, release: str, archive: Path) -> int:
    """Save the streamed ZIP; return the length that its header promised."""
    address = f"{client.transport.server}/api/v1/releases/{quote(release)}/download"
    with requests.get(
        address, {"format": "imagefolder"}, stream=True, timeout=DOWNLOAD_TIMEOUT_SECONDS
    ) as answer:
        answer.raise_for_status()
        with archive.open("wb") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                file.write(chunk)
        return int(answer.headers["Content-Length"])


Opener = Callable[[str], IO[bytes]]


def _in_folder(folder: Path) -> Opener:
    return lambda path: (folder / path).open("rb")


def _in_zip(opened: zipfile.ZipFile) -> Opener:
    """Open by a manifest's path, below whatever folder the ZIP keeps its files in."""
    names = {name: name for name in opened.namelist()}
    names |= {name.partition("/")[2]: name for name in opened.namelist()}
    return lambda path: opened.open(names[path])


def _differing(expected: dict[str, str], open_file: Opener) -> list[str]:
    wrong = []
    for path, sha256 in expected.items():
        try:
            with open_file(path) as file:
                found = hashlib.sha256(file.read()).hexdigest()
        except (OSError, KeyError):
            found = "missing"
        if found != sha256:
            wrong.append(path)
    return wrong


def _is_text(name: str) -> bool:
    return not name.endswith((".jpg", "/"))
