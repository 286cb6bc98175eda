"""The object store on S3, or on any server that speaks it.

Credentials come from where boto3 looks for them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a
profile, or the machine's role.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from imagehub.errors import Conflict, Damaged, HubError, Misconfigured, NotFound, Unavailable
from imagehub.storage.keys import require_valid

CHUNK_BYTES = 256 * 1024
ATTEMPTS = 3
"""How often one call is tried, with growing pauses, before the store counts as down."""

OPTIONS = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    max_pool_connections=64,
    tcp_keepalive=True,
    signature_version="s3v4",
    request_checksum_calculation="when_required",  # put sends its own
    response_checksum_validation="when_supported",
)

_PASSING = {"RequestTimeTooSkewed", "RequestTimeout", "SlowDown", "TooManyRequests"}
_PASSING_STATUSES = {408, 409, 412, 425, 429}


class S3Store:
    """Objects of one bucket, below a prefix; see imagehub.storage.protocol.ObjectStore.

    Connects on first use, once in each process that it is used in or sent to.
    """

    def __init__(
        self, bucket: str, prefix: str = "", endpoint_url: str | None = None, region: str = ""
    ) -> None:
        self._settings = (bucket, prefix, endpoint_url, region)
        self._bucket = bucket
        self._above = f"{prefix}/" if prefix else ""
        self._lock = threading.Lock()
        self._opened: tuple[int, Any] = (0, None)  # by which process, and its client

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._settings

    def put(self, key: str, data: bytes) -> bool:
        """Store the object durably, or find it there; see the protocol."""
        address = self._address(key)
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        for attempt in range(ATTEMPTS):
            with self._errors_translated(key):
                try:
                    self._s3().put_object(
                        **address, Body=data, IfNoneMatch="*", ChecksumSHA256=checksum
                    )
                    return True
                except ClientError as error:
                    if _status(error) == 412:
                        try:
                            self._compare(key, data, checksum)
                            return False
                        except NotFound:
                            pass  # deleted between the two calls
                    elif _status(error) != 409:
                        raise
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - a pause is no secret
        raise Unavailable(f"Other writers kept the object {key} busy.")

    def get(self, key: str) -> bytes:
        """Return the whole object; raise NotFound if there is none, Damaged if it is not itself."""
        try:
            return b"".join(self.stream(key))
        except Damaged:  # on its way, perhaps
            return b"".join(self.stream(key))

    def stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a stretch of the object in chunks; NotFound comes from the call itself."""
        return self._chunks(key, start, length, self._body(key, start, length))

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with the prefix, in the order of their bytes."""
        with self._errors_translated(prefix):
            pages = (
                self._s3()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self._bucket, Prefix=self._above + prefix)
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self._above)

    def delete(self, key: str) -> None:
        """Remove the object; do nothing if there is none."""
        address = self._address(key)
        with self._errors_translated(key):
            self._s3().delete_object(**address)

    def replace(self, key: str, data: bytes) -> None:
        """Put other bytes in the place of an object; see the protocol.

        A bucket that keeps versions keeps the old bytes too, until its own rules remove them.
        """
        address = self._address(key)
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        with self._errors_translated(key):
            self._s3().put_object(**address, Body=data, ChecksumSHA256=checksum)

    def _address(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._above + require_valid(key)}

    def _s3(self) -> Any:
        """The client of this process; its connections are shared by all threads."""
        process_id, client = self._opened
        if process_id == os.getpid():
            return client
        with self._lock:
            if self._opened[0] != os.getpid():
                self._opened = (os.getpid(), self._connect())
            return self._opened[1]

    def _connect(self) -> Any:
        _, _, endpoint_url, region = self._settings
        style = "path" if endpoint_url else "auto"
        return boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint_url,
            region_name=region or None,
            config=OPTIONS.merge(Config(s3={"addressing_style": style})),
        )

    def _body(self, key: str, start: int, length: int | None) -> Any:
        """Open a stretch of the object for reading; None where it has no bytes there."""
        address = self._address(key)
        end = "" if length is None else str(max(start + length - 1, start))
        stretch = {} if start == 0 and length is None else {"Range": f"bytes={start}-{end}"}
        with self._errors_translated(key):
            try:
                return self._s3().get_object(**address, **stretch)["Body"]
            except ClientError as error:
                if _status(error) == 416:
                    return None
                raise

    def _chunks(self, key: str, start: int, length: int | None, body: Any) -> Iterator[bytes]:
        """Read on where a connection broke: the object cannot have changed meanwhile."""
        failures = 0
        while body is not None:
            try:
                with closing(body), self._errors_translated(key):
                    while length != 0 and (chunk := body.read(_chunk_bytes(length))):
                        start += len(chunk)
                        length = None if length is None else length - len(chunk)
                        yield chunk
                return
            except Unavailable as error:
                failures += 1
                if failures == ATTEMPTS or isinstance(error, Damaged):
                    raise
                body = self._body(key, start, length)

    def _compare(self, key: str, data: bytes, checksum: str) -> None:
        address = self._address(key)
        there = self._s3().head_object(**address, ChecksumMode="ENABLED")
        if "ChecksumSHA256" in there:
            same = there["ChecksumSHA256"] == checksum
        else:  # not written by us
            same = there["ContentLength"] == len(data) and self.get(key) == data
        if not same:
            raise Conflict(f"Other bytes are stored as {key} already.")

    @contextmanager
    def _errors_translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except (NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            raise Misconfigured(
                f"The object store s3://{self._bucket} cannot be used: {error}. Set "
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and IMAGEHUB_STORAGE_URL."
            ) from error
        except FlexibleChecksumError as error:
            raise Damaged(f"The object {key} has other bytes than were stored.") from error
        except BotoCoreError as error:
            raise Unavailable(f"The object store does not answer: {error}.") from error
        except ClientError as error:
            raise self._in_our_words(key, error) from error

    def _in_our_words(self, key: str, error: ClientError) -> HubError:
        fault = error.response.get("Error", {})
        code, status = fault.get("Code", ""), _status(error)
        message = f"{fault.get('Message', '')} ({code})"
        if code in {"NoSuchKey", "404"}:  # a HEAD has no body that could say more
            return NotFound(f"There is no object {key}.")
        if status < 500 and status not in _PASSING_STATUSES and code not in _PASSING:
            return Misconfigured(
                f"The object store refuses s3://{self._bucket}: {message}. Check "
                "IMAGEHUB_STORAGE_URL, IMAGEHUB_S3_REGION and the credentials in AWS_*."
            )
        if status == 507:
            return Unavailable(
                f"The object store is full: {message}. Free some space; nothing was stored.",
                retry_after_seconds=30,
            )
        return Unavailable(f"The object store cannot do this now: {message}.")


def _chunk_bytes(length: int | None) -> int:
    return CHUNK_BYTES if length is None else min(CHUNK_BYTES, length)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
