"""A release's manifest: what is in it, byte for byte, and who says so. Pure but for the key file.

JSON lines in UTF-8 with sorted keys: first the head, then one line for each file in path order.
The signature is Ed25519 over the SHA-256 digest of all those bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from imagehub.errors import Misconfigured, Refused
from imagehub.release_paths import is_word
from imagehub.vocabulary import Label

SCHEMA = "deep-images-hub/release/2"
OLD_SCHEMAS = ("deep-images-hub/release/1",)
_SIGN = r"[a-z0-9_-]|[^\x00-\x7f]"
PATH = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,30}}/(?!-)(?:{_SIGN}){{1,81}}/[0-9a-f]{{16}}\.jpg")
"""SPLIT/SLUG-CODE/IMAGE.jpg: nothing in a path can lead out of the folder it is unpacked into.

What is beyond ASCII in it must also be a word (`release_paths.is_word`).
"""

TEXTS = (
    "path", "image_id", "photo_sha256", "sha256", "split", "label", "contributor",
    "licence", "duplicate_group",
)  # fmt: skip
"""Fields of a file that are text."""


@dataclass(frozen=True, slots=True)
class FileLabel:
    """One verified label of a file; `source` and `confidence` as in Open Images' CSVs."""

    mid: str
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of a release.

    `sha256` is of the file's own bytes, `photo_sha256` of the upload that it was made from.
    `label` is the subset's label that the file lies under; files of one `duplicate_group` show the
    same photo.
    """

    path: str
    image_id: str
    photo_sha256: str
    sha256: str
    bytes: int
    crc32: int
    width: int
    height: int
    split: str
    label: str
    labels: tuple[FileLabel, ...]
    contributor: str
    licence: str
    duplicate_group: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release as a list of files, in path order.

    `classes` are the MIDs that files lie under: a class's number in every format is its place here.
    """

    release: str
    created_at: datetime
    label_set_version: int
    rules: Mapping[str, Any]
    labels: tuple[Label, ...]
    files: tuple[ManifestFile, ...]
    classes: tuple[str, ...] = ()

    @property
    def total_bytes(self) -> int:
        """Sizes of all files, added up."""
        return sum(file.bytes for file in self.files)


def write(manifest: Manifest) -> bytes:
    """Write a manifest; the same manifest always gives the same bytes."""
    head = {
        "schema": SCHEMA,
        "release": manifest.release,
        "created_at": manifest.created_at.isoformat(),
        "label_set_version": manifest.label_set_version,
        "rules": manifest.rules,
        "labels": [asdict(label) for label in manifest.labels],
        "classes": manifest.classes,
        "files": len(manifest.files),
        "total_bytes": manifest.total_bytes,
    }
    lines = [head, *(asdict(file) for file in sorted(manifest.files, key=lambda file: file.path))]
    return b"".join(_line(line) for line in lines)


def read(data: bytes) -> Manifest:
    """Read a manifest; raise Refused(`manifest_broken`) unless all of it is as it should be."""
    try:
        head, *lines = [json.loads(line) for line in data.splitlines()]
        manifest = _headed(head, tuple(_file(line) for line in lines))
        if len(manifest.files) != head["files"] or manifest.total_bytes != head["total_bytes"]:
            raise ValueError("the files do not add up to what the head says")
        if len({file.path for file in manifest.files}) != len(manifest.files):
            raise ValueError("a path stands in it twice")
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("manifest_broken", f"This is no manifest of a release: {error}.") from error
    return manifest


def read_head(line: bytes) -> Manifest:
    """A manifest without its files, from its first line, which is taken to be right."""
    return _headed(json.loads(line), ())


def _headed(head: dict[str, Any], files: tuple[ManifestFile, ...]) -> Manifest:
    if head["schema"] in OLD_SCHEMAS:
        raise ValueError("it was made by an earlier version of the hub: ask for a new release")
    if head["schema"] != SCHEMA:
        raise ValueError(f"schema {head['schema']!r} is not {SCHEMA!r}")
    return Manifest(
        release=head["release"],
        created_at=datetime.fromisoformat(head["created_at"]),
        label_set_version=int(head["label_set_version"]),
        rules=head["rules"],
        labels=tuple(_label(label) for label in head["labels"]),
        files=files,
        classes=_classes(head["classes"]),
    )


def digest(data: bytes) -> bytes:
    """The SHA-256 digest of a manifest's bytes, 32 bytes."""
    return hashlib.sha256(data).digest()


def sign(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """Sign a manifest's bytes; 64 bytes."""
    return key.sign(digest(data))


def verify(data: bytes, signature: bytes, public_key: bytes) -> None:
    """Raise Refused(`signature_wrong`) unless the key's owner signed exactly these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, digest(data))
    except (InvalidSignature, ValueError) as error:
        raise Refused(
            "signature_wrong",
            "The manifest's signature does not fit: the manifest, the signature or the key was"
            " changed. Do not use these files.",
        ) from error


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The public half of a signing key, 32 bytes."""
    return key.public_key().public_bytes_raw()


def load_or_create_key(path: Path) -> Ed25519PrivateKey:
    """Read the signing key; where there is none yet, make one that only its owner can read.

    Raises Misconfigured if the file holds something else or cannot be read or written.
    """
    try:
        if not path.exists():
            _create_key(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Misconfigured(f"The signing key {path} cannot be used: {error}.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(f"The signing key {path} is no Ed25519 key.")
    return key


def _create_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key counts
        path.hardlink_to(draft)
    draft.unlink()


def _label(fields: dict[str, Any]) -> Label:
    label = Label(**fields)
    if not _all([label.mid, label.name], str):
        raise ValueError("a label is of another kind")
    return label


def _classes(mids: list[str]) -> tuple[str, ...]:
    if not _all(mids, str) or len(set(mids)) != len(mids):
        raise ValueError("its classes are no list of different names")
    return tuple(mids)


def _all(values: Sequence[object], kind: type | UnionType) -> bool:
    return all(isinstance(value, kind) for value in values)


def _file(fields: dict[str, Any]) -> ManifestFile:
    labels = tuple(FileLabel(**label) for label in fields.pop("labels"))
    file = ManifestFile(labels=labels, **fields)
    texts = [getattr(file, name) for name in TEXTS]
    texts += [text for label in labels for text in (label.mid, label.source)]
    numbers = [label.confidence for label in labels]
    if not (_all(texts, str) and _all(numbers, int | float)):
        raise ValueError("a text or a number of a file is of another kind")
    if not (PATH.fullmatch(file.path) and is_word(file.path)):
        raise ValueError(f"{file.path[:120]!r} is no path of a release")
    if not all(re.fullmatch("[0-9a-f]{64}", text) for text in (file.sha256, file.photo_sha256)):
        raise ValueError(f"{file.path} has no SHA-256")
    if min(file.bytes, file.crc32) < 0:
        raise ValueError(f"{file.path} has a number below 0")
    return file


def _line(fields: Mapping[str, Any]) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8") + b"\n"
