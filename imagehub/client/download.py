"""Download a release into a folder: the same files as in its ZIP, each checked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from imagehub import manifest, withdrawal_list
from imagehub.answers.releases import Document, Release
from imagehub.client.fetch import Fetched, Wanted, fetch
from imagehub.client.hub_client import API, HubClient
from imagehub.client.parallel import for_each
from imagehub.client.safe_paths import inside, refuse_unsafe
from imagehub.errors import NotFound, Refused

PARALLEL = 8
MANIFEST = "MANIFEST.jsonl"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is; bytes count those found in the folder too."""

    files: int
    files_done: int
    total_bytes: int
    bytes_done: int


@dataclass(frozen=True, slots=True)
class Download:
    """What a download left in the folder.

    `mismatches` are paths whose bytes at the server are not those that it promised; they are not
    in the folder. `withdrawn` counts files whose photos were withdrawn, by a list that is signed:
    they are deleted from the folder. `held_back` counts what the server does not give out for now.
    `key_is_pinned` is False where the key was taken from the server.
    """

    release: str
    folder: Path
    files: int
    total_bytes: int
    fetched: int
    present: int
    withdrawn: int
    held_back: int
    mismatches: tuple[str, ...]
    key_fingerprint: str
    key_is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadOptions:
    """How to download; `public_key` is a key or its fingerprint in hex, empty trusts the server."""

    parallel: int = PARALLEL
    public_key: str = ""
    progress: Callable[[Progress], None] = field(default=lambda _: None)


def download(client: HubClient, release_id: str, folder: Path, wish: DownloadOptions) -> Download:
    """Bring a release into a folder; what is there and right already is not fetched again.

    Raises Refused if the manifest's signature is wrong or a path could leave the folder; then
    nothing has been written.
    """
    release = client.release(release_id)
    if release.state != "ready":
        raise NotFound(f"The release {release_id} is {release.state}, not ready.")
    key = _trusted_key(release, wish.public_key)
    data = client.manifest(release_id)
    manifest.verify(data, _unhex(release.signature), key)
    withdrawn, held_back = _withheld(client, release_id, key)
    photos = [one for one in _photos(data, release_id) if one.path not in withdrawn | held_back]
    wanted = [*photos, *_documents(data, client.documents(release_id))]
    refuse_unsafe([*(promise.path for promise in wanted), *withdrawn])
    _delete(folder, withdrawn)
    work = _Work(client, release_id, folder, wish.progress)
    results = work.fetch_all(wanted, wish.parallel)
    return Download(
        release=release_id,
        folder=folder,
        files=len(wanted),
        total_bytes=sum(promise.size_bytes for promise in wanted),
        fetched=list(results.values()).count(Fetched.FETCHED),
        present=list(results.values()).count(Fetched.PRESENT),
        withdrawn=len(withdrawn),
        held_back=len(held_back) + list(results.values()).count(Fetched.GONE),
        mismatches=tuple(sorted(p for p, how in results.items() if how == Fetched.MISMATCH)),
        key_fingerprint=fingerprint(key),
        key_is_pinned=bool(wish.public_key),
    )


def fingerprint(public_key: bytes) -> str:
    """What people compare: the SHA-256 of a public key, in hex."""
    return hashlib.sha256(public_key).hexdigest()


@dataclass(frozen=True, slots=True)
class _Promise:
    kind: str  # as the API names it
    path: str
    size_bytes: int
    sha256: str


class _Work:
    """One download: fetches the files and counts how far it is."""

    def __init__(
        self, client: HubClient, release_id: str, folder: Path, tell: Callable[[Progress], None]
    ) -> None:
        self._transport = client.transport
        self._url_path = f"{API}/releases/{quote(release_id, safe='')}"
        self._folder = folder
        self._tell = tell
        self._lock = threading.Lock()
        self._results: dict[str, Fetched] = {}
        self._bytes_done = 0

    def fetch_all(self, promises: Sequence[_Promise], parallel: int) -> dict[str, Fetched]:
        """Fetch in parallel; say of each path how it came, or that it did not."""
        self._files = len(promises)
        self._total_bytes = sum(promise.size_bytes for promise in promises)
        self._folder.mkdir(parents=True, exist_ok=True)
        for_each(self._fetch, promises, parallel)
        return self._results

    def _fetch(self, promise: _Promise) -> None:
        wanted = Wanted(
            url_path=f"{self._url_path}/{promise.kind}/{quote(promise.path)}",
            place=inside(self._folder, promise.path),
            size_bytes=promise.size_bytes,
            sha256=promise.sha256,
        )
        try:
            how = fetch(self._transport, wanted, self._advance)
        except NotFound:  # withdrawn since the download began
            wanted.part.unlink(missing_ok=True)
            how = Fetched.GONE
        with self._lock:
            self._results[promise.path] = how
        self._advance(0)

    def _advance(self, size_bytes: int) -> None:
        with self._lock:
            self._bytes_done += size_bytes
            self._tell(
                Progress(self._files, len(self._results), self._total_bytes, self._bytes_done)
            )


def _trusted_key(release: Release, pinned: str) -> bytes:
    """The key to verify with; Refused if the server shows another one than the pinned."""
    key = _unhex(release.public_key)
    if pinned and pinned.lower() not in (key.hex(), fingerprint(key)):
        raise Refused(
            "key_unknown",
            f"The release is signed with the key {fingerprint(key)}, not with the one that you "
            "trust. Nothing was written.",
        )
    return key


def _photos(data: bytes, release_id: str) -> list[_Promise]:
    signed = manifest.read(data)
    if signed.release != release_id:
        raise Refused(
            "manifest_broken",
            f"The server answers with the manifest of {signed.release!r} for {release_id!r}. "
            "Nothing was written.",
        )
    return [_Promise("files", one.path, one.bytes, one.sha256) for one in signed.files]


def _documents(data: bytes, listed: Sequence[Document]) -> list[_Promise]:
    """What the server lists; only the manifest among it is vouched for by the signature."""
    signed = {MANIFEST: _Promise("documents", MANIFEST, len(data), manifest.digest(data).hex())}
    return [
        signed.get(one.name, _Promise("documents", one.name, one.bytes, one.sha256))
        for one in listed
    ]


def _withheld(client: HubClient, release_id: str, key: bytes) -> tuple[set[str], set[str]]:
    """Paths that are withdrawn for good, as the release's key has signed, and those held back."""
    told = client.withdrawals(release_id)
    withdrawn = set()
    if told.csv:
        data = told.csv.encode()
        manifest.verify(data, _unhex(told.signature), key)
        withdrawn = {one.path for one in withdrawal_list.read(data, release_id)}
    return withdrawn, set(told.held_back) - withdrawn


def _delete(folder: Path, withdrawn: set[str]) -> None:
    """Remove what an earlier download brought and must not be kept."""
    for path in sorted(withdrawn):
        inside(folder, path).unlink(missing_ok=True)


def _unhex(text: str | None) -> bytes:
    try:
        return bytes.fromhex(text or "")
    except ValueError as error:
        raise Refused("manifest_broken", "The server's key or signature is not in hex.") from error
