"""Download a release into a folder: the same files as in its ZIP, each checked.

The server only sends photos, and what the release's key has signed; the documents beside them are
made here from that. So a server without the key can hold files back, and nothing else.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from imagehub import manifest, withdrawal_list
from imagehub.answers.releases import Release
from imagehub.client.fetch import Fetched, Wanted, fetch, put
from imagehub.client.hub_client import API, HubClient
from imagehub.client.parallel import for_each
from imagehub.client.safe_paths import inside, refuse_unsafe
from imagehub.errors import NotFound, Refused
from imagehub.manifest import Manifest, ManifestFile
from imagehub.release_documents import IMAGE_FOLDER, ReleaseFacts, Signed, documents

PARALLEL = 8


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
    signed = Signed(client.manifest(release_id), _unhex(release.signature), key)
    manifest.verify(signed.data, signed.signature, key)
    whole, held = _read(signed.data, release_id), _withheld(client, release_id, key)
    kept = tuple(one for one in whole.files if one.path not in held.withdrawn | held.held_back)
    texts = documents(ReleaseFacts(replace(whole, files=kept), signed, held.signed), IMAGE_FOLDER)
    refuse_unsafe([*(file.path for file in kept), *texts, *held.withdrawn])
    _delete(folder, held.withdrawn)
    work = _Work(client, release_id, folder, wish.progress)
    results = work.bring_all(kept, texts, wish.parallel)
    return Download(
        release=release_id,
        folder=folder,
        files=len(kept) + len(texts),
        total_bytes=sum(file.bytes for file in kept) + sum(map(len, texts.values())),
        fetched=list(results.values()).count(Fetched.FETCHED),
        present=list(results.values()).count(Fetched.PRESENT),
        withdrawn=len(held.withdrawn),
        held_back=len(held.held_back) + list(results.values()).count(Fetched.GONE),
        mismatches=tuple(sorted(p for p, how in results.items() if how == Fetched.MISMATCH)),
        key_fingerprint=fingerprint(key),
        key_is_pinned=bool(wish.public_key),
    )


def fingerprint(public_key: bytes) -> str:
    """What people compare: the SHA-256 of a public key, in hex."""
    return hashlib.sha256(public_key).hexdigest()


@dataclass(frozen=True, slots=True)
class _Withheld:
    """Paths that are withdrawn for good, as the release's key has signed, and those held back."""

    withdrawn: frozenset[str]
    held_back: frozenset[str]
    signed: Signed | None


class _Work:
    """One download: fetches the photos, writes the documents, and counts how far it is."""

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

    def bring_all(
        self, photos: Sequence[ManifestFile], texts: Mapping[str, bytes], parallel: int
    ) -> dict[str, Fetched]:
        """Fetch photos in parallel; say of each path how it came, or that it did not."""
        self._files = len(photos) + len(texts)
        self._total_bytes = sum(one.bytes for one in photos) + sum(map(len, texts.values()))
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, data in texts.items():
            self._note(name, put(data, inside(self._folder, name)))
            self._advance(len(data))
        for_each(self._fetch, photos, parallel)
        return self._results

    def _fetch(self, photo: ManifestFile) -> None:
        wanted = Wanted(
            url_path=f"{self._url_path}/files/{quote(photo.path)}",
            place=inside(self._folder, photo.path),
            size_bytes=photo.bytes,
            sha256=photo.sha256,
        )
        try:
            how = fetch(self._transport, wanted, self._advance)
        except NotFound:  # withdrawn since the download began
            wanted.part.unlink(missing_ok=True)
            how = Fetched.GONE
        self._note(photo.path, how)
        self._advance(0)

    def _note(self, path: str, how: Fetched) -> None:
        with self._lock:
            self._results[path] = how

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


def _read(data: bytes, release_id: str) -> Manifest:
    signed = manifest.read(data)
    if signed.release != release_id:
        raise Refused(
            "manifest_broken",
            f"The server answers with the manifest of {signed.release!r} for {release_id!r}. "
            "Nothing was written.",
        )
    return signed


def _withheld(client: HubClient, release_id: str, key: bytes) -> _Withheld:
    told = client.withdrawals(release_id)
    if not told.csv:
        return _Withheld(frozenset(), frozenset(told.held_back), None)
    signed = Signed(told.csv.encode(), _unhex(told.signature), key)
    manifest.verify(signed.data, signed.signature, key)
    withdrawn = frozenset(one.path for one in withdrawal_list.read(signed.data, release_id))
    return _Withheld(withdrawn, frozenset(told.held_back) - withdrawn, signed)


def _delete(folder: Path, withdrawn: Iterable[str]) -> None:
    """Remove what an earlier download brought and must not be kept."""
    for path in sorted(withdrawn):
        inside(folder, path).unlink(missing_ok=True)


def _unhex(text: str | None) -> bytes:
    try:
        return bytes.fromhex(text or "")
    except ValueError as error:
        raise Refused("manifest_broken", "The server's key or signature is not in hex.") from error
