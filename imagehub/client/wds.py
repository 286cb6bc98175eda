"""WebDataset's shards from a hub, read to their last byte or not at all.

`webdataset` opens addresses through `curl`, which after a cut connection ends a shard in silence.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError

TIMEOUT_SECONDS = 60
MOST_CUTS_IN_A_ROW = 5
"""So many requests may end without a new byte before the reader gives up."""


class ShardBroken(OSError):
    """A shard could not be read to its end."""


def register(token: str = "", scheme: str = "imagehub") -> None:
    """Have `webdataset` open `imagehub+http://…` and `imagehub+https://…` by this module."""
    from webdataset.gopen import gopen_schemes  # the caller has it; the client does without

    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def opened(url: str, *_: Any, **__: Any) -> io.BufferedReader:
        return open_shard(url.removeprefix(f"{scheme}+"), headers)

    for kind in ("http", "https"):
        gopen_schemes[f"{scheme}+{kind}"] = opened


def open_shard(url: str, headers: Mapping[str, str]) -> io.BufferedReader:
    """A shard as a file; a cut connection is taken up by a range of the same version of it."""
    return io.BufferedReader(_Shard(url, headers), 1 << 20)


class _Shard(io.RawIOBase):
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._url = url
        self._headers = dict(headers)
        self._session = requests.Session()
        self._answer: requests.Response | None = None
        self._position = 0
        self._size = -1
        self._tag = ""
        self._cuts = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; raise ShardBroken where no more comes, though more is to come."""
        while self._size < 0 or self._position < self._size:
            try:
                found = self._connected().raw.read(len(buffer))
            except (requests.RequestException, OSError, HTTPError) as error:
                self._lost(error)
                continue
            if found:
                self._cuts = 0
                self._position += len(found)
                buffer[: len(found)] = found
                return len(found)
            self._lost(None)
        return 0

    def close(self) -> None:
        """Hang up."""
        self._session.close()
        super().close()

    def _connected(self) -> requests.Response:
        if self._answer is None:
            self._answer = self._ask()
        return self._answer

    def _ask(self) -> requests.Response:
        wanted = {"Range": f"bytes={self._position}-", "Accept-Encoding": "identity"}
        if self._tag:
            wanted["If-Match"] = self._tag
        answer = self._session.get(
            self._url, headers={**self._headers, **wanted}, stream=True, timeout=TIMEOUT_SECONDS
        )
        if answer.status_code >= 500 or answer.status_code == 429:
            answer.raise_for_status()
        if answer.status_code == 200 and not self._position:
            first, size = "0", answer.headers["Content-Length"]
        elif answer.status_code == 206:
            first, _, size = answer.headers["Content-Range"].removeprefix("bytes ").partition("/")
        else:
            raise ShardBroken(f"{self._url}: the hub answered {answer.status_code}.")
        tag = answer.headers.get("ETag", "")
        if first.split("-")[0] != str(self._position) or (self._tag and tag != self._tag):
            raise ShardBroken(f"{self._url}: the shard is another one than at the first byte.")
        self._size, self._tag = int(size), tag
        return answer

    def _lost(self, error: Exception | None) -> None:
        self._cuts += 1
        if self._answer is not None:
            self._answer.close()
            self._answer = None
        if isinstance(error, ShardBroken):
            raise error
        if self._cuts > MOST_CUTS_IN_A_ROW:
            raise ShardBroken(
                f"{self._url}: cut at byte {self._position} of {self._size}."
            ) from error
