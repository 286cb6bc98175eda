"""Photos of an S3 bucket, each as it was when it was listed: one that was changed is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from imagehub.errors import Misconfigured, NotFound, Refused, Unavailable
from imagehub.importing.label_tables import LabelTable
from imagehub.importing.readers.files import is_photo, missing_rows, told_facts
from imagehub.importing.source import SourceRow, printable
from imagehub.storage.s3 import OPTIONS
from imagehub.vocabulary import MAX_PHOTO_BYTES

ROOT = "."
"""The part of what lies directly below the prefix."""

_GONE = {"NoSuchKey", "404"}
_CHANGED = {"PreconditionFailed", "412"}
_CLOSED = {"AccessDenied", "403", "InvalidObjectState"}


class BucketReader:
    """Reads `s3://BUCKET[/PREFIX]`; see SourceReader. A part is a folder directly below the prefix.

    A photo's label is the one that is given for all, else what the table says, else the name of its
    folder. Credentials come from where boto3 looks for them.
    """

    def __init__(
        self,
        source: str,
        label: str | None,
        table: LabelTable | None,
        endpoint_url: str | None,
        region: str,
    ) -> None:
        place = urlsplit(source)
        self._bucket, prefix = place.netloc, place.path.strip("/")
        self._above = f"{prefix}/" if prefix else ""
        self._label = label
        self._table = table
        self._folders: dict[str, str] = {}
        self._client = boto3.session.Session().client(
            "s3", endpoint_url=endpoint_url, region_name=region, config=OPTIONS
        )

    def parts(self) -> Sequence[str]:
        """The folders below the prefix, and what lies beside them."""
        folders = [
            found["Prefix"].removeprefix(self._above)
            for page in self._pages(Prefix=self._above, Delimiter="/")
            for found in page.get("CommonPrefixes", ())
        ]
        self._folders = {printable(folder): folder for folder in sorted(folders)}
        return [*self._folders, ROOT]

    def rows(self, part: str) -> Iterator[SourceRow]:
        """Every photo of a folder; with the last part, what the table names and no part has."""
        listing: dict[str, str] = {"Prefix": self._above, "Delimiter": "/"}
        if part != ROOT:
            listing = {"Prefix": self._above + self._folders[part]}
        for page in self._pages(**listing):
            for found in page.get("Contents", ()):
                name = found["Key"].removeprefix(self._above)
                if is_photo(name):
                    yield self._row(name, found)
        if self._table and part == ROOT:
            self._look_everywhere(self._table)
            yield from missing_rows(self._table)

    def _row(self, name: str, found: Mapping[str, Any]) -> SourceRow:
        facts = told_facts(self._label, self._table, name, lambda _: None)
        key, etag = found["Key"], found["ETag"]
        return SourceRow(printable(name), found["Size"], lambda: self._read(key, etag), facts)

    def _read(self, key: str, etag: str) -> bytes:
        """The object's bytes if it is the one that was listed."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=etag)
            return bytes(answer["Body"].read(MAX_PHOTO_BYTES + 1))
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _CHANGED:
                why = "It was changed after it was listed. Try the row again."
                raise Refused("changed", why) from error
            if code in _GONE:
                raise Refused("gone", "It was deleted after it was listed.") from error
            if code in _CLOSED:
                raise Refused("unreadable", "These credentials may not read it.") from error
            raise Unavailable(f"The bucket {self._bucket} does not give {key}: {code}.") from error
        except BotoCoreError as error:
            raise Unavailable(f"The bucket {self._bucket} does not answer: {error}.") from error

    def _look_everywhere(self, table: LabelTable) -> None:
        """Parts that an earlier run has read have files of the table too."""
        for page in self._pages(Prefix=self._above):
            for found in page.get("Contents", ()):
                table.facts(found["Key"].removeprefix(self._above))

    def _pages(self, **listing: str) -> Iterator[Mapping[str, Any]]:
        paginator = self._client.get_paginator("list_objects_v2")
        try:
            yield from paginator.paginate(Bucket=self._bucket, **listing)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in ("NoSuchBucket", "404"):
                raise NotFound(f"There is no bucket {self._bucket}.") from error
            if code in _CLOSED:
                why = f"These credentials may not list the bucket {self._bucket}."
                raise Misconfigured(why) from error
            raise Unavailable(f"The bucket {self._bucket} cannot be listed: {code}.") from error
        except BotoCoreError as error:
            raise Unavailable(f"The bucket {self._bucket} does not answer: {error}.") from error
