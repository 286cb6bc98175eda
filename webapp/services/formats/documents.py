"""What stands beside the photos in every archive: manifest, signature, tables, credits."""

from __future__ import annotations

import json
import re
from collections import Counter

from imagehub.manifest import Manifest, digest
from webapp.services.formats import tables
from webapp.services.formats.archive import Contents

MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def documents(contents: Contents, layout: str) -> dict[str, bytes]:
    """Name -> bytes of the documents; `layout` says how this format arranges the photos."""
    manifest = contents.manifest
    return {
        "README.md": _readme(contents, layout).encode(),
        "CREDITS.md": _credits(manifest).encode(),
        "MANIFEST.jsonl": contents.manifest_bytes,
        "SIGNATURE.json": _signature(contents),
        "images.csv": tables.images(manifest),
        "labels.csv": tables.labels(manifest),
        "class-descriptions.csv": tables.class_descriptions(manifest),
    }


def _signature(contents: Contents) -> bytes:
    fields = {
        "algorithm": "Ed25519 over the SHA-256 digest of MANIFEST.jsonl",
        "manifest_sha256": digest(contents.manifest_bytes).hex(),
        "signature": contents.signature.hex(),
        "public_key": contents.public_key.hex(),
    }
    return json.dumps(fields, indent=2).encode() + b"\n"


def _readme(contents: Contents, layout: str) -> str:
    manifest = contents.manifest
    names = "\n".join(f"- {escaped(label.name)} ({label.mid})" for label in manifest.labels)
    return f"""# {manifest.release}

A release of Deep Images Hub: {len(manifest.files)} photos, {manifest.total_bytes} bytes, frozen at
{manifest.created_at:%Y-%m-%d %H:%M} UTC from version {manifest.label_set_version} of the label
sets. It never changes.

{layout}

- `MANIFEST.jsonl`: one line about the release, then one a photo, with its SHA-256.
- `SIGNATURE.json`: the hub's signature of the manifest.
- `images.csv`, `labels.csv`, `class-descriptions.csv`: the same in the columns of Open Images.
- `CREDITS.md`: who took the photos, and under which licence.

## Labels

{names}
"""


def _credits(manifest: Manifest) -> str:
    photos = Counter((file.contributor, file.licence) for file in manifest.files)
    lines = [
        f"- {escaped(contributor)}: {count} photos, {escaped(licence)}"
        for (contributor, licence), count in sorted(photos.items())
    ]
    return "# Credits\n\nThe photos of this release were taken by:\n\n" + "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """The text on one line, without a meaning in Markdown or HTML."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))
