"""The hub's REST API, one method a route."""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from imagehub.answers.labels import LabelInPlace, LabelNumbers, LabelsFound
from imagehub.answers.releases import Release, Releases, Withdrawals
from imagehub.answers.subsets import SubsetAnswer, Wish
from imagehub.answers.uploads import Receipt, Receipts
from imagehub.characters import folded
from imagehub.client.photo_files import Claim
from imagehub.client.reading import ListPage, read
from imagehub.client.retries import RetryPolicy
from imagehub.client.transport import Call, Transport
from imagehub.errors import NotFound, Refused, Unavailable
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import UploadState

Found = TypeVar("Found")

API = "/api/v1"
POLL_SECONDS = 0.5
MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


class HubClient:
    """One server, one token. Safe to share between threads."""

    def __init__(
        self, server: str, token: str = "", retry_policy: RetryPolicy | None = None
    ) -> None:
        self.transport = Transport(server, token, retry_policy)

    def with_retries(self, retry_policy: RetryPolicy) -> HubClient:
        """A client of the same hub and token that tries again as patiently as this."""
        return HubClient(self.transport.server, self.transport.token, retry_policy)

    def upload(self, photo: bytes, claim: Claim, upload_id: UUID) -> Receipt:
        """Send a photo; with the same id it may be sent again and counts once.

        Raises Refused with the hub's code and reason, and Conflict if the id was used for another
        photo or claim.
        """
        call = Call(
            "POST",
            f"{API}/uploads",
            params=claim.as_query(),
            headers={
                "Content-Type": _media_type(photo),
                "Idempotency-Key": str(upload_id),
                "X-Content-SHA256": hashlib.sha256(photo).hexdigest(),
            },
            body=photo,
        )
        return read(Receipt, self.transport.json(call))

    def receipt(self, upload_id: UUID) -> Receipt:
        """Where an upload stands."""
        return read(Receipt, self._get(f"/uploads/{upload_id}"))

    def uploads(self, limit: int = 100, after: str | None = None) -> ListPage[Receipt]:
        """Own uploads, newest first."""
        found = read(Receipts, self._get("/uploads", _some(limit, after)))
        return ListPage(found.uploads, found.next)

    def wait(self, upload_id: UUID, timeout_seconds: float = 300.0) -> Receipt:
        """Wait until an upload's state is final; Unavailable if that takes too long."""
        found = self._poll(
            lambda: self.receipt(upload_id), lambda receipt: receipt.state.is_final, timeout_seconds
        )
        if not found.state.is_final:
            raise Unavailable(f"The upload {upload_id} is still {found.state} and not decided.")
        return found

    def wait_until_landed(self, upload_id: UUID, timeout_seconds: float = 60.0) -> Receipt:
        """Wait until an upload is stored or refused; Unavailable if it is set aside or too slow."""
        found = self._poll(
            lambda: self.receipt(upload_id),
            lambda receipt: receipt.state != UploadState.ACCEPTED or receipt.code is not None,
            timeout_seconds,
        )
        if found.state == UploadState.ACCEPTED:
            why = found.reason or "It is accepted and not yet stored."
            raise Unavailable(f"The upload {upload_id}: {why}")
        return found

    def status(self) -> dict[str, int]:
        """The hub's public counts by name."""
        return {name: int(count or 0) for name, count in dict(self._get("/status")).items()}

    def labels(
        self, query: str = "", limit: int = 20, after: str | None = None
    ) -> ListPage[LabelNumbers]:
        """Search labels by name, best match first."""
        found = read(LabelsFound, self._get("/labels", {"q": query, **_some(limit, after)}))
        return ListPage(found.labels, found.next)

    def label(self, mid: str) -> LabelInPlace:
        """One label between its neighbours."""
        return read(LabelInPlace, self._get(f"/labels/{quote(mid.strip('/'))}"))

    def find_label(self, name_or_mid: str) -> LabelNumbers:
        """The label of a MID or of a name, in any case and without accents.

        The name as it is written comes first. Raises Refused if several have it.
        """
        if name_or_mid.startswith("/"):
            return self.label(name_or_mid)
        found = self.labels(name_or_mid, limit=50).items
        wanted = unicodedata.normalize("NFC", name_or_mid).casefold()
        named = [label for label in found if label.name.casefold() == wanted] or [
            label for label in found if folded(label.name) == folded(name_or_mid)
        ]
        if not named:
            raise NotFound(f"No label is named {name_or_mid!r}; try `imagehub labels search`.")
        if len(named) > 1:
            mids = ", ".join(label.mid for label in named)
            raise Refused("label_ambiguous", f"{name_or_mid!r} is the name of {mids}; give a MID.")
        return named[0]

    def create_subset(self, name: str, rules: SubsetRules) -> SubsetAnswer:
        """Save a selection under a name; the same again changes nothing."""
        call = Call("POST", f"{API}/subsets", json={"name": name, **rules_as_json(rules)})
        return read(SubsetAnswer, self.transport.json(call))

    def subset(self, name: str) -> SubsetAnswer:
        """One subset with its rules."""
        return read(SubsetAnswer, self._get(f"/subsets/{quote(name, safe='')}"))

    def request_release(self, subset: str) -> str:
        """Ask for a freeze of a subset; returns the release's id."""
        path = f"{API}/subsets/{quote(subset, safe='')}/releases"
        answer = self.transport.json(Call("POST", path, json={}, repeatable=False))
        return read(Wish, answer).id

    def releases(self, limit: int = 100, after: str | None = None) -> ListPage[Release]:
        """Releases, newest first."""
        found = read(Releases, self._get("/releases", _some(limit, after)))
        return ListPage(found.releases, found.next)

    def release(self, release_id: str) -> Release:
        """One release."""
        return read(Release, self._get(f"/releases/{quote(release_id, safe='')}"))

    def wait_for_release(self, release_id: str, timeout_seconds: float = 600.0) -> Release:
        """Wait until a release is ready; Refused if it failed, Unavailable if it takes too long."""
        found = self._poll(
            lambda: self.release(release_id),
            lambda release: release.state != "requested",
            timeout_seconds,
        )
        if found.state == "failed":
            raise Refused("release_failed", f"The release {release_id} failed: {found.reason}")
        if found.state != "ready":
            raise Unavailable(f"The release {release_id} is {found.state} and not yet ready.")
        return found

    def manifest(self, release_id: str) -> bytes:
        """A release's manifest, byte for byte as it was signed."""
        path = f"{API}/releases/{quote(release_id, safe='')}/manifest"
        with self.transport.send(Call("GET", path)) as response:
            return bytes(response.content)

    def withdrawals(self, release_id: str) -> Withdrawals:
        """What a release gives out no more."""
        answer = self._get(f"/releases/{quote(release_id, safe='')}/withdrawals")
        return read(Withdrawals, answer)

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return self.transport.json(Call("GET", API + path, params=params or {}))

    def _poll(
        self, ask: Callable[[], Found], is_done: Callable[[Found], bool], timeout_seconds: float
    ) -> Found:
        end = time.monotonic() + timeout_seconds
        while not is_done(found := ask()) and time.monotonic() < end:
            self.transport.retry_policy.sleep(POLL_SECONDS)
        return found


def rules_as_json(rules: SubsetRules) -> dict[str, Any]:
    """Write a selection as the API's body."""
    return {
        "labels": list(rules.labels),
        "cap_per_label": rules.cap_per_label,
        "min_short_side_pixels": rules.min_short_side_pixels,
        "keepers_only": rules.keepers_only,
        "splits": dict(rules.splits),
    }


def _media_type(photo: bytes) -> str:
    """What the first bytes look like; the hub looks for itself."""
    for magic, media_type in MAGIC.items():
        if photo.startswith(magic):
            return media_type
    return "application/octet-stream"


def _some(limit: int, after: str | None) -> dict[str, str]:
    return {"limit": str(limit)} | ({"after": after} if after else {})
