"""What stands beside a release's photos: manifest, signature, tables, credits. Pure.

All of it follows from what is signed, so that a client makes it itself and trusts no server.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from imagehub import release_tables as tables
from imagehub import withdrawal_list
from imagehub.manifest import Manifest, digest
from imagehub.photo_facts import PhotoFacts, json_line

WITHDRAWN_SIGNATURE = "WITHDRAWN-SIGNATURE.json"
ABOUT_WITHDRAWN = frozenset({withdrawal_list.NAME, WITHDRAWN_SIGNATURE})
IMAGE_FOLDER = """Photos stand in `<split>/<label>/<image>.jpg`.

To check an archive, unpack it and run `imagehub download NAME FOLDER --public-key KEY`, with the
name above and the key that you noted once from the release's page: every file is held against the
signed manifest, and what is wrong or missing is fetched anew."""
"""The layout of a ZIP, and of what the client downloads."""

MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


@dataclass(frozen=True, slots=True)
class Signed:
    """Exact bytes, with the Ed25519 signature and its key, raw."""

    data: bytes
    signature: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What the documents are made of.

    `manifest` lacks the files that are held back; `signed` is the whole one as it was signed, and
    `withdrawals` the signed list of what was withdrawn since.
    """

    manifest: Manifest
    signed: Signed
    withdrawals: Signed | None = None


def documents(facts: ReleaseFacts, layout: str) -> dict[str, bytes]:
    """Name -> bytes of the documents; `layout` says how the photos are arranged."""
    return withdrawn(facts.withdrawals) | {
        name: write() for name, write in writers(facts, layout).items()
    }


def writers(facts: ReleaseFacts, layout: str) -> dict[str, Callable[[], bytes]]:
    """What writes each document, by its name; without those of the withdrawn files."""
    manifest = facts.manifest
    return {
        "README.md": lambda: _readme(manifest, layout).encode(),
        "CREDITS.md": lambda: _credits(manifest).encode(),
        "MANIFEST.jsonl": lambda: facts.signed.data,
        "SIGNATURE.json": lambda: _signature("MANIFEST.jsonl", facts.signed),
        "images.csv": lambda: tables.images(manifest),
        "labels.csv": lambda: tables.labels(manifest),
        "class-descriptions.csv": lambda: tables.class_descriptions(manifest),
        "classes.txt": lambda: _classes(manifest),
        **{
            f"{split}/metadata.jsonl": partial(_metadata, manifest, split)
            for split in sorted({file.split for file in manifest.files})
        },
    }


def withdrawn(signed: Signed | None) -> dict[str, bytes]:
    """Name -> bytes of the list of withdrawn files and its signature; none without a list."""
    if signed is None:
        return {}
    return {
        withdrawal_list.NAME: signed.data,
        WITHDRAWN_SIGNATURE: _signature(withdrawal_list.NAME, signed),
    }


def _signature(name: str, signed: Signed) -> bytes:
    what = name.split(".")[0].lower()
    fields = {
        "algorithm": f"Ed25519 over the SHA-256 digest of {name}",
        f"{what}_sha256": digest(signed.data).hex(),
        "signature": signed.signature.hex(),
        "public_key": signed.public_key.hex(),
    }
    return json.dumps(fields, indent=2).encode() + b"\n"


def _readme(manifest: Manifest, layout: str) -> str:
    names = "\n".join(f"- {escaped(label.name)} ({label.mid})" for label in manifest.labels)
    return f"""# {manifest.release}

A release of Deep Images Hub: {_photos(len(manifest.files))}, {manifest.total_bytes} bytes, frozen
at {manifest.created_at:%Y-%m-%d %H:%M} UTC from version {manifest.label_set_version} of the label
sets. It never changes, but for photos that are withdrawn or taken down: they are given out no more.

{layout}

- `MANIFEST.jsonl`: one line about the release, then one a photo, with its SHA-256.
- `SIGNATURE.json`: the hub's signature of the manifest.
- `images.csv`, `labels.csv`, `class-descriptions.csv`: the same in the columns of Open Images.
- `classes.txt`: the classes, one a line, in the order of their numbers: the first is 0.
- `metadata.jsonl` in each split: class, labels, author and licence of each photo.
- `CREDITS.md`: who took the photos, and under which licence.
- `WITHDRAWN.csv`, where there is one: photos of the manifest that were withdrawn since. Delete them
  wherever you have them. It is signed too (`WITHDRAWN-SIGNATURE.json`). In files that hold many
  photos, zeros stand in their place.

## Labels

{names}
"""


def _credits(manifest: Manifest) -> str:
    photos = Counter((file.contributor, file.licence) for file in manifest.files)
    lines = [
        f"- {escaped(contributor)}: {_photos(count)}, {escaped(licence)}"
        for (contributor, licence), count in sorted(photos.items())
    ]
    return "# Credits\n\nThe photos of this release were taken by:\n\n" + "\n".join(lines) + "\n"


def _classes(manifest: Manifest) -> bytes:
    return "".join(f"{name}\n" for name in PhotoFacts(manifest).names).encode()


def _metadata(manifest: Manifest, split: str) -> bytes:
    """What Hugging Face's `imagefolder` reads beside the photos of a split."""
    facts = PhotoFacts(manifest)
    return b"".join(
        json_line({"file_name": file.path.partition("/")[2], **facts.of(file)})
        for file in manifest.files
        if file.split == split
    )


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def escaped(text: str) -> str:
    """The text on one line, without a meaning in Markdown or HTML."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))
