"""Make a subset and a release, fetch it in both ways, and hold every byte to the manifest."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests

from imagehub import manifest
from imagehub.client import HubClient
from imagehub.client.download import DownloadOptions, download
from imagehub.subsets import SubsetRules

CHUNK_BYTES = 1 << 20
DOWNLOAD_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class CheckedRelease:
    """A release and what differs in the client's download or in the ZIP."""

    release: str
    files: int
    mismatches: tuple[str, ...]


def freeze(client: HubClient, name: str, labels: Sequence[str]) -> str:
    """Save a subset of the labels, release it, and return the release's id once it is ready."""
    client.create_subset(name, SubsetRules(labels=tuple(labels)))
    return client.wait_for_release(client.request_release(name)).id


def fetch_and_compare(client: HubClient, release: str, folder: Path) -> CheckedRelease:
    """Download with our client and as a ZIP; compare both with the manifest, byte for byte."""
    files = folder / "files"
    archive = folder / f"{release}.zip"
    taken = download(client, release, files, DownloadOptions())
    promised_bytes = _fetch_zip(client, release, archive)
    signed = manifest.read(client.manifest(release))
    promised = {file.path: file.sha256 for file in signed.files}
    with zipfile.ZipFile(archive) as opened:
        in_zip = _digests(opened.namelist(), opened.read)
    in_folder = _digests(_paths(files), lambda path: (files / path).read_bytes())
    wrong = [
        *(f"client refused {path}" for path in taken.mismatches),
        *(f"client {path}" for path in _differing(promised, in_folder)),
        *(f"ZIP {path}" for path in _differing(promised, in_zip)),
        *(f"ZIP and client {path}" for path in _differing(in_folder, in_zip)),
    ]
    if in_folder.keys() != in_zip.keys():
        wrong.append("ZIP and client hold different files")
    if archive.stat().st_size != promised_bytes:
        wrong.append("the ZIP's Content-Length")
    return CheckedRelease(release, len(promised), tuple(wrong))


def _fetch_zip(client: HubClient, release: str, archive: Path) -> int:
    """Save the streamed ZIP; return the length that its header promised."""
    address = f"{client.transport.server}/api/v1/releases/{quote(release)}/download"
    with requests.get(
        address,
        {"format": "imagefolder"},
        headers={"Authorization": f"Bearer {client.transport.token}"},
        stream=True,
        timeout=DOWNLOAD_TIMEOUT_SECONDS,
    ) as answer:
        answer.raise_for_status()
        with archive.open("wb") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                file.write(chunk)
        return int(answer.headers["Content-Length"])


def _paths(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def _digests(names: Sequence[str], read: Callable[[str], bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(read(name)).hexdigest() for name in names}


def _differing(expected: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    return [path for path, sha256 in expected.items() if found.get(path) != sha256]
