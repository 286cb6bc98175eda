"""The list of a release's withdrawn files, which stands beside its manifest. Pure.

CSV in UTF-8 with a header, in the order of paths. The hub signs it as it signs manifests
(`imagehub.manifest`): the manifest never changes, this list grows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime

from imagehub.errors import Refused
from imagehub.manifest import PATH

NAME = "WITHDRAWN.csv"
COLUMNS = ("ReleaseID", "ImageID", "Path", "FileSHA256", "Kind", "WithdrawnAt")


@dataclass(frozen=True, slots=True)
class WithdrawnFile:
    """A file whose photo its contributor withdrew, or that was taken down (`kind`)."""

    release_id: str
    image_id: str
    path: str
    file_sha256: str
    kind: str
    withdrawn_at: datetime


def write(files: Iterable[WithdrawnFile]) -> bytes:
    """The list's exact bytes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for file in sorted(files, key=lambda file: file.path):
        rows.writerow((*astuple(file)[:-1], file.withdrawn_at.isoformat(timespec="seconds")))
    return text.getvalue().encode()


def read(data: bytes, release_id: str) -> tuple[WithdrawnFile, ...]:
    """Read a list; raise Refused(`withdrawals_broken`) unless it is one of this release."""
    try:
        header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
        if tuple(header) != COLUMNS:
            raise ValueError("its columns are others")
        files = tuple(_file(*row) for row in rows)
        if any(file.release_id != release_id or not PATH.fullmatch(file.path) for file in files):
            raise ValueError("it names another release, or no file of one")
    except (ValueError, TypeError, IndexError, csv.Error) as error:
        raise Refused(
            "withdrawals_broken", f"The list of withdrawn files of {release_id} is broken: {error}."
        ) from error
    return files


def _file(release: str, image: str, path: str, sha256: str, kind: str, at: str) -> WithdrawnFile:
    return WithdrawnFile(release, image, path, sha256, kind, datetime.fromisoformat(at))
