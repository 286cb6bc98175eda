"""A scripted hub that has one release, for clients that must not trust what they are told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest
from imagehub.client import HubClient, RetryPolicy
from imagehub.client.download import Download, DownloadOptions, download
from imagehub.manifest import Manifest, ManifestFile
from imagehub.vocabulary import Label
from tests.scripted_server import Reply, Request, ScriptedServer, as_json

API = "/api/v1/releases/pets-1"
KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
PHOTOS = {
    f"{split}/dog-0bt9lr/{number:016x}.jpg": f"photo {number} ".encode() * 9_000
    for number, split in enumerate(["train", "train", "test"])
}
DOCUMENTS = {
    "README.md", "CREDITS.md", "MANIFEST.jsonl", "SIGNATURE.json", "images.csv", "labels.csv",
    "class-descriptions.csv", "classes.txt", "train/metadata.jsonl",
}  # fmt: skip


def entry(path: str, data: bytes) -> ManifestFile:
    return ManifestFile(
        path=path,
        image_id=Path(path).stem,
        photo_sha256=hashlib.sha256(data).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        crc32=0,
        width=1,
        height=1,
        split="train",
        label="/m/0bt9lr",
        labels=(),
        contributor="ana",
        licence="CC BY 4.0",
        duplicate_group=Path(path).stem,
    )


def written(release: str = "pets-1", **renamed: str) -> bytes:
    files = tuple(entry(path, data) for path, data in PHOTOS.items())
    data = manifest.write(
        Manifest(
            *(
                release,
                datetime(2026, 5, 1, tzinfo=UTC),
                1,
                {},
                (Label("/m/0bt9lr", "Dog"),),
                files,
            ),
            classes=("/m/0bt9lr",),
        )
    )
    for old, new in renamed.items():
        data = data.replace(old.encode(), new.encode())
    return data


@dataclass
class Hub:
    """A scripted hub with one release; `serve` may be replaced to misbehave."""

    data: bytes = field(default_factory=written)
    key: Ed25519PrivateKey = KEY
    state: str = "ready"
    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=lambda: dict(PHOTOS))
    withdrawals: dict[str, Any] = field(default_factory=dict)
    spoil: Callable[[Request, Reply], Reply] = lambda _, reply: reply

    def __call__(self, request: Request) -> Reply:
        path = request.path
        if path == API:
            return as_json(self.release())
        if path == f"{API}/manifest":
            return Reply(200, self.data)
        if path == f"{API}/documents":
            listed = [self.listed(name, data) for name, data in self.texts.items()]
            return as_json({"documents": listed})
        if path == f"{API}/withdrawals":
            return as_json(self.withdrawals)
        name = name_in(path)
        return self.spoil(request, ranged(request, self.files[name]))

    def release(self) -> dict[str, Any]:
        return {
            "id": "pets-1",
            "subset": "pets",
            "number": 1,
            "state": self.state,
            "signature": manifest.sign(self.data, self.key).hex(),
            "public_key": manifest.public_bytes(self.key).hex(),
        }

    @staticmethod
    def listed(name: str, data: bytes) -> dict[str, Any]:
        return {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def name_in(path: str) -> str:
    return path.removeprefix(f"{API}/files/").removeprefix(f"{API}/documents/")


def ranged(request: Request, data: bytes) -> Reply:
    begin = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
    if not begin:
        return Reply(200, data)
    start = int(begin[1])
    where = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return Reply(206, data[start:], {"Content-Range": where})


def take(server: ScriptedServer, folder: Path, **wish: Any) -> Download:
    quick = RetryPolicy(attempts=3, sleep=lambda _: None)
    return download(HubClient(server.url, "", quick), "pets-1", folder, DownloadOptions(**wish))


def photos_in(folder: Path) -> dict[str, bytes]:
    """What lies there beside the documents."""
    return {path: data for path, data in contents(folder).items() if path not in DOCUMENTS}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
