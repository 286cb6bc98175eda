"""The journal of photos sent before, a file of lines: a second run sends only the missing ones.

Each upload has a line when it gets its id, before anything is sent, and one when the hub has
accepted it. A line that was cut off by a kill is left aside.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import threading
from pathlib import Path
from types import TracebackType
from uuid import UUID, uuid4

from imagehub.client.photo_files import PhotoFile
from imagehub.errors import Misconfigured


class Journal:
    """The journal in one file; safe to share between threads, and kept by one process at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._ids: dict[str, UUID] = {}
        self._accepted: set[str] = set()
        self._begun: set[str] = set()

    def __enter__(self) -> Journal:
        try:
            self._stream = self.file.open("a+", encoding="utf-8", errors="replace")
        except OSError as error:
            raise Misconfigured(
                f"The journal {self.file} cannot be written ({error.strerror}); name another "
                "place with --journal."
            ) from error
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._stream.close()
            raise Misconfigured(
                f"Another upload is at work with the journal {self.file}."
            ) from error
        self._read()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    def begin(self, key: str, upload_id: UUID | None = None) -> UUID | None:
        """The id under which to send: the one of an earlier run, the given one, or a new one.

        None if this run has begun to send it already.
        """
        with self._lock:
            if key in self._begun:
                return None
            self._begun.add(key)
            if key not in self._ids:
                self._ids[key] = upload_id or uuid4()
                self._write({"key": key, "upload": str(self._ids[key])})
            return self._ids[key]

    def accepted_as(self, key: str) -> UUID | None:
        """The id under which the hub has accepted it, in this run or an earlier one."""
        with self._lock:
            return self._ids.get(key) if key in self._accepted else None

    def accept(self, key: str) -> None:
        """Note that the hub has accepted it."""
        with self._lock:
            self._accepted.add(key)
            self._write({"key": key, "accepted": True})

    def _write(self, line: dict[str, object]) -> None:
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()  # a killed process loses nothing; nothing more is promised

    def _read(self) -> None:
        self._stream.seek(0)
        text = self._stream.read()
        if text and not text.endswith("\n"):
            self._stream.write("\n")
        for line in text.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                entry = json.loads(line)
                if entry.get("accepted"):
                    self._accepted.add(entry["key"])
                else:
                    self._ids[entry["key"]] = UUID(entry["upload"])


def key_of(photo: PhotoFile, digest: str, server: str, token: str) -> str:
    """What makes an upload the same one: hub, sender, photo, claim and act."""
    parts = [server, hashlib.sha256(token.encode()).hexdigest(), digest, photo.act]
    claim = sorted(photo.claim.as_query().items())
    return hashlib.sha256(json.dumps([parts, claim]).encode()).hexdigest()
