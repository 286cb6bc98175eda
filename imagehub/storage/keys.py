"""Where each object lies. Keys are made of digests and our own ids, never of a person's words."""

from __future__ import annotations

import re

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_MAX_KEY_LETTERS = 512

DERIVATIVE_RECIPE = 1
"""Version of the code that rebuilds derivatives from pixels; part of their keys."""


def original(photo_sha256: str) -> str:
    """Key of the bytes exactly as they were uploaded; never served."""
    return f"orig/{photo_sha256[:2]}/{photo_sha256}"


def full(photo_sha256: str) -> str:
    """Key of the derivative of at most 2,048 px: what people download."""
    return _derivative("full", photo_sha256)


def view(photo_sha256: str) -> str:
    """Key of the derivative of at most 512 px: what jobs, models and pages read."""
    return _derivative("view", photo_sha256)


def thumb(photo_sha256: str) -> str:
    """Key of the derivative of at most 192 px: what lists of photos show."""
    return _derivative("thumb", photo_sha256)


def of_photo(photo_sha256: str) -> tuple[str, ...]:
    """Keys of all objects that a photo has of its own."""
    return (original(photo_sha256), full(photo_sha256), view(photo_sha256), thumb(photo_sha256))


def release_manifest(release_id: str) -> str:
    """Key of a release's manifest."""
    return f"releases/{release_id}/manifest.jsonl"


def release_skeleton(release_id: str, path: str) -> str:
    """Key of what a release's file consists of beside photos."""
    return f"releases/{release_id}/files/{path}.skeleton"


def release_shards_of_old(release_id: str) -> str:
    """What keys of shards began with, as earlier versions of the hub wrote them."""
    return f"releases/{release_id}/shard-"


def require_valid(key: str) -> str:
    """Return the key; raise ValueError if no part of ours can have made it.

    A key is relative, made of letters, digits and ``. _ -`` between slashes, and no part of it
    begins with a dot, so it stays inside a folder store and means the same in every store.
    """
    if len(key) > _MAX_KEY_LETTERS or not _KEY.fullmatch(key):
        raise ValueError(f"{key[:80]!r} is no key of the object store")
    return key


def _derivative(kind: str, photo_sha256: str) -> str:
    return f"{kind}/{DERIVATIVE_RECIPE}/{photo_sha256[:2]}/{photo_sha256}.jpg"
