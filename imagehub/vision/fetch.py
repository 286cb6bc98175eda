"""Fetch a published file: resumed where it stopped, checked, and there only when it is whole."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import requests

from imagehub.errors import Misconfigured, Refused, Unavailable
from imagehub.vision.source import Checksum

CHUNK_BYTES = 1 << 20
MOST_BYTES = 2 << 30
SPARE_BYTES = 1 << 30
"""What must stay free beside the file, for what is made of it."""
TIMEOUT_SECONDS = 30

Tell = Callable[[int, int], None]


def fetch(url: str, path: Path, checksum: Checksum | None, tell: Tell) -> None:
    """Bring `url` to `place` unless it is there; `tell` hears bytes done and bytes in all.

    Raises Unavailable without a network, Refused for a wrong checksum, Misconfigured for a full
    disk. What had arrived stays in `place`.part and is gone on from.
    """
    if path.is_file():
        require(path, checksum)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        _bring(url, part, tell)
    except requests.RequestException as error:
        raise Unavailable(
            f"{url} cannot be fetched ({type(error).__name__}). Try again: what has arrived is"
            " kept. Or fetch it on another machine and name it with --file."
        ) from error
    except OSError as error:
        raise Misconfigured(f"{part} cannot be written: {error.strerror}.") from error
    try:
        require(part, checksum)
    except Refused:
        part.unlink()
        raise
    part.replace(path)


def require(path: Path, checksum: Checksum | None) -> None:
    """Raise Refused unless the file has the checksum, if one is known."""
    if checksum is None:
        return
    with path.open("rb") as file:
        have = hashlib.file_digest(file, checksum.algorithm).hexdigest()
    if have != checksum.digits:
        raise Refused(
            "wrong_checksum",
            f"{path} is not the expected file: its {checksum.algorithm} is {have}, not"
            f" {checksum.digits}. Fetch it again; if you trust it, give its --sha256.",
        )


def _bring(url: str, part: Path, tell: Tell) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}  # the file's own bytes: they are what is counted
    if have:
        headers["Range"] = f"bytes={have}-"
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            return  # it is whole already
        answer.raise_for_status()
        if answer.status_code != requests.codes.partial_content:
            have = 0
        total = have + int(answer.headers.get("Content-Length", 0))
        _require_room(part.parent, total - have, total)
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                have += len(chunk)
                if have > MOST_BYTES:
                    raise Refused("too_large", f"{url} is larger than {MOST_BYTES:,} bytes.")
                file.write(chunk)
                tell(have, total)


def _require_room(folder: Path, missing_bytes: int, total_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < missing_bytes + SPARE_BYTES:
        raise Misconfigured(
            f"{folder} has {free >> 20:,} MiB free; fetching {total_bytes >> 20:,} MiB and"
            f" preparing needs {(missing_bytes + SPARE_BYTES) >> 20:,} MiB."
        )
