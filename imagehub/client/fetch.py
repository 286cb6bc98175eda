"""Fetch one file of a release into a folder: continues where it stopped, and trusts nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import requests

from imagehub.client.safe_paths import UNFINISHED
from imagehub.client.transport import BROKEN_CONNECTION, Call, Transport
from imagehub.errors import Refused, Unavailable

CHUNK_BYTES = 1 << 14
"""What a broken connection may lose; small against a photo."""


class Fetched(StrEnum):
    """How a file came to lie where it lies, or why it does not."""

    PRESENT = "present"  # it was there already, whole
    FETCHED = "fetched"  # or made anew
    GONE = "gone"  # the server gives it out no more
    MISMATCH = "mismatch"  # the server's bytes are not those that the manifest names


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file: where the server has it, where it goes, and what it must be."""

    url_path: str
    place: Path
    size_bytes: int
    sha256: str

    @property
    def part(self) -> Path:
        """Where its bytes gather until all are there."""
        return self.place.with_name(self.place.name + UNFINISHED)


def fetch(transport: Transport, wanted: Wanted, received: Callable[[int], None]) -> Fetched:
    """Bring a file to its place; it appears there only when its digest is right.

    `received` is called with the size of each piece that is there, found or fetched. A file with
    other bytes at the place is replaced. Raises Unavailable after the last attempt.
    """
    if is_whole(wanted.place, wanted):
        received(wanted.size_bytes)
        return Fetched.PRESENT
    wanted.place.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):  # what an earlier run left may be wrong, so that a fresh start may help
        _complete(transport, wanted, received)
        if is_whole(wanted.part, wanted):
            wanted.part.replace(wanted.place)
            return Fetched.FETCHED
        wanted.part.unlink()
    return Fetched.MISMATCH


def put(data: bytes, place: Path) -> Fetched:
    """Write a file that was made here; it appears whole or not at all."""
    if place.is_file() and place.read_bytes() == data:
        return Fetched.PRESENT
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + UNFINISHED)
    part.write_bytes(data)
    part.replace(place)
    return Fetched.FETCHED


def is_whole(file: Path, wanted: Wanted) -> bool:
    """True if the file is there with the wanted size and digest."""
    if _size(file) != wanted.size_bytes:
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == wanted.sha256


def _complete(transport: Transport, wanted: Wanted, received: Callable[[int], None]) -> None:
    """Fetch what the part lacks, over as many broken connections as the retry policy allows."""
    wanted.part.touch()
    received(min(_size(wanted.part), wanted.size_bytes))
    for attempt in range(transport.retry_policy.attempts):
        start = _size(wanted.part)
        if start >= wanted.size_bytes:
            return
        try:
            with _open(transport, wanted, start) as response:
                _append(response, wanted, received)
            return
        except BROKEN_CONNECTION:
            transport.retry_policy.pause(attempt)
    raise Unavailable(f"The connection broke off again and again while fetching {wanted.place}.")


def _open(transport: Transport, wanted: Wanted, start: int) -> requests.Response:
    """Ask for the file from `start` on; a server that cannot answer that is asked for all."""
    headers = {"Accept-Encoding": "identity"}
    call = Call("GET", wanted.url_path, headers=headers, stream=True)
    if start == 0:
        return transport.send(call)
    try:
        ranged = headers | {"Range": f"bytes={start}-"}
        return transport.send(Call("GET", wanted.url_path, headers=ranged, stream=True))
    except Refused:
        return transport.send(call)


def _append(response: requests.Response, wanted: Wanted, received: Callable[[int], None]) -> None:
    size = _start_of(response)
    with wanted.part.open("r+b") as file:
        file.seek(size)
        file.truncate()
        for chunk in response.iter_content(CHUNK_BYTES):
            file.write(chunk[: wanted.size_bytes - size])
            size += len(chunk)
            received(len(chunk))
            if size >= wanted.size_bytes:
                return


def _start_of(response: requests.Response) -> int:
    """Where the response's bytes begin in the file: 0, unless it says otherwise."""
    if response.status_code != requests.codes.partial_content:
        return 0
    begin = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return int(begin) if begin.isascii() and begin.isdigit() else 0


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else -1
