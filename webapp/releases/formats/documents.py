"""What stands beside the photos in every archive: manifest, signature, tables, credits."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

from imagehub import withdrawal_list
from imagehub.catalogue.releases.release_withdrawals import SignedList
from imagehub.manifest import Manifest, digest
from webapp.releases.formats import tables
from webapp.releases.formats.archive import ArchiveContents

WITHDRAWN_SIGNATURE = "WITHDRAWN-SIGNATURE.json"
ABOUT_WITHDRAWN = frozenset({withdrawal_list.NAME, WITHDRAWN_SIGNATURE})
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def documents(contents: ArchiveContents, layout: str) -> dict[str, bytes]:
    """Name -> bytes of the documents; `layout` says how this format arranges the photos."""
    return withdrawn(contents.withdrawals) | {
        name: write() for name, write in writers(contents, layout).items()
    }


def writers(contents: ArchiveContents, layout: str) -> dict[str, Callable[[], bytes]]:
    """What writes each document, by its name; without those of the withdrawn files."""
    manifest = contents.manifest
    return {
        "README.md": lambda: _readme(contents, layout).encode(),
        "CREDITS.md": lambda: _credits(manifest).encode(),
        "MANIFEST.jsonl": lambda: contents.manifest_bytes,
        "SIGNATURE.json": lambda: _signature(
            "MANIFEST.jsonl", contents.manifest_bytes, contents.signature, contents.public_key
        ),
        "images.csv": lambda: tables.images(manifest),
        "labels.csv": lambda: tables.labels(manifest),
        "class-descriptions.csv": lambda: tables.class_descriptions(manifest),
    }


def withdrawn(signed: SignedList | None) -> dict[str, bytes]:
    """Name -> bytes of the list of withdrawn files and its signature; none without a list."""
    if signed is None:
        return {}
    return {
        withdrawal_list.NAME: signed.data,
        WITHDRAWN_SIGNATURE: _signature(
            withdrawal_list.NAME, signed.data, signed.signature, signed.public_key
        ),
    }


def _signature(name: str, data: bytes, signature: bytes, public_key: bytes) -> bytes:
    what = name.split(".")[0].lower()
    fields = {
        "algorithm": f"Ed25519 over the SHA-256 digest of {name}",
        f"{what}_sha256": digest(data).hex(),
        "signature": signature.hex(),
        "public_key": public_key.hex(),
    }
    return json.dumps(fields, indent=2).encode() + b"\n"


def _readme(contents: ArchiveContents, layout: str) -> str:
    manifest = contents.manifest
    names = "\n".join(f"- {escaped(label.name)} ({label.mid})" for label in manifest.labels)
    return f"""# {manifest.release}

A release of Deep Images Hub: {_photos(len(manifest.files))}, {manifest.total_bytes} bytes, frozen
at {manifest.created_at:%Y-%m-%d %H:%M} UTC from version {manifest.label_set_version} of the label
sets. It never changes, but for photos that are withdrawn or taken down: they are given out no more.

{layout}

- `MANIFEST.jsonl`: one line about the release, then one a photo, with its SHA-256.
- `SIGNATURE.json`: the hub's signature of the manifest.
- `images.csv`, `labels.csv`, `class-descriptions.csv`: the same in the columns of Open Images.
- `CREDITS.md`: who took the photos, and under which licence.
- `WITHDRAWN.csv`, where there is one: photos of the manifest that were withdrawn since. Delete them
  wherever you have them. It is signed too (`WITHDRAWN-SIGNATURE.json`).

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


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def escaped(text: str) -> str:
    """The text on one line, without a meaning in Markdown or HTML."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))
