"""A manifest comes back as it was written, and nobody can change a byte of it unseen."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from imagehub import manifest as manifests
from imagehub.errors import Misconfigured, Refused
from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.vocabulary import Label
from tests.factories.manifest_files import manifest_file

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

labels = st.builds(
    FileLabel,
    mid=st.from_regex(r"/m/[a-z0-9]{2,8}", fullmatch=True),
    source=st.just("machine"),
    confidence=st.floats(0, 1),
)
files = st.builds(
    lambda number, split, **fields: ManifestFile(
        path=f"{split}/dog-0bt9lr/{number:016x}.jpg",
        image_id=f"{number:016x}",
        split=split,
        label="/m/0bt9lr",
        duplicate_group=f"{number:016x}",
        photo_sha256=f"{number:016x}" * 4,
        sha256=f"{number:064x}",
        licence="CC-BY-4.0",
        **fields,
    ),
    number=st.integers(0, 2**64 - 1),
    split=st.sampled_from(["train", "test"]),
    bytes=st.integers(1, 10**7),
    crc32=st.integers(0, 2**32 - 1),
    width=st.integers(1, 2048),
    height=st.integers(1, 2048),
    labels=st.lists(labels, max_size=3).map(tuple),
    contributor=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
some_manifests = st.builds(
    Manifest,
    release=st.just("dogs-1"),
    created_at=st.datetimes(timezones=st.just(UTC)),
    label_set_version=st.integers(1, 10**6),
    rules=st.just({"labels": ["/m/0bt9lr"], "splits": {"train": 0.8, "test": 0.2}}),
    labels=st.just((Label("/m/0bt9lr", "Dog"),)),
    files=st.lists(files, max_size=5, unique_by=lambda file: file.path).map(
        lambda found: tuple(sorted(found, key=lambda file: file.path))
    ),
)


@given(some_manifests)
def test_a_manifest_comes_back_as_it_was_written(manifest: Manifest) -> None:
    assert manifests.read(manifests.write(manifest)) == manifest


@given(some_manifests, st.data())
def test_a_changed_byte_breaks_the_signature(manifest: Manifest, data: st.DataObject) -> None:
    written = manifests.write(manifest)
    signature = manifests.sign(written, KEY)
    manifests.verify(written, signature, manifests.public_bytes(KEY))
    at = data.draw(st.integers(0, len(written) - 1))
    changed = written[:at] + bytes([written[at] ^ 1]) + written[at + 1 :]
    with pytest.raises(Refused, match="signature"):
        manifests.verify(changed, signature, manifests.public_bytes(KEY))


def test_anybody_checks_a_signature_without_our_code() -> None:
    written = manifests.write(_one_file())
    public_key = Ed25519PublicKey.from_public_bytes(manifests.public_bytes(KEY))
    public_key.verify(manifests.sign(written, KEY), hashlib.sha256(written).digest())


def test_another_key_is_not_believed() -> None:
    signature = manifests.sign(b"a manifest", KEY)
    with pytest.raises(Refused):
        manifests.verify(
            b"a manifest", signature, manifests.public_bytes(Ed25519PrivateKey.generate())
        )


def _one_file() -> Manifest:
    file = manifest_file(b"a photo", contributor="ada")
    made_at = datetime(2026, 5, 1, tzinfo=UTC)
    return Manifest("dogs-1", made_at, 1, {}, (Label("/m/0bt9lr", "Dog"),), (file,))


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "train/../dog/00000000000000aa.jpg", "train/dog/aa.jpg"],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    manifest = _one_file()
    bad = replace(manifest, files=(replace(manifest.files[0], path=path),))
    with pytest.raises(Refused, match="no path of a release"):
        manifests.read(manifests.write(bad))


@pytest.mark.parametrize("damage", [b"", b"\n", b"[]\n", b"{}\n", b"\xff", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(damage: bytes) -> None:
    with pytest.raises(Refused):
        manifests.read(damage)


def test_a_manifest_that_lost_a_line_is_refused() -> None:
    head = manifests.write(_one_file()).splitlines(keepends=True)[0]
    with pytest.raises(Refused, match="add up"):
        manifests.read(head)


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing-key.pem"
    first = manifests.load_or_create_key(path)
    again = manifests.load_or_create_key(path)
    assert manifests.public_bytes(first) == manifests.public_bytes(again)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["signing-key.pem"]


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"
    path.write_text("not a key")
    with pytest.raises(Misconfigured, match=r"signing-key\.pem"):
        manifests.load_or_create_key(path)
