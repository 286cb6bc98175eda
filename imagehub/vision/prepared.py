"""Prepared networks on disk: a folder each, named by name and checksum and never changed.

So a network that is prepared again lies beside the one in use, and going back is naming the
earlier folder in the settings.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from imagehub.errors import Misconfigured
from imagehub.vision.card import CARD_FILE, Card
from imagehub.vision.network import Network


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared network and its folder."""

    folder: Path
    card: Card

    @property
    def networks(self) -> list[Network]:
        """The network in each role that it can take."""
        return self.card.networks(self.folder)


def prepared(models: Path) -> list[Prepared]:
    """All prepared networks, the newest first; raise Misconfigured if a card cannot be read."""
    cards = [path for path in models.glob(f"*/{CARD_FILE}") if path.parent.name[0] != "."]
    found = [Prepared(path.parent.resolve(), _read(path)) for path in cards]
    return sorted(
        found, key=lambda model: (model.card.prepared_at, model.folder.name), reverse=True
    )


def require_intact(model: Prepared) -> None:
    """Raise Misconfigured unless the folder holds the bytes that the card and its name tell."""
    if model.folder.name != model.card.folder():
        raise Misconfigured(
            f"{model.folder} does not hold what its name says: the card makes {model.card.folder()}"
            " of it. Prepare the network again, or take the folder away."
        )
    for name, known in model.card.files.items():
        path = model.folder / name
        if not path.is_file() or sha256_of(path) != known:
            raise Misconfigured(
                f"{path} is not the file that its card names by sha256: it is missing or was"
                " changed. Prepare the network again, or take the folder away."
            )


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, read once as long as its time and size stay."""
    status = path.stat()
    return _sha256(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _sha256(path: Path, _changed_at_ns: int, _size_bytes: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> Card:
    try:
        return Card.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise Misconfigured(
            f"{path} is no card of a prepared network. Prepare it again, or take its folder away."
        ) from error
