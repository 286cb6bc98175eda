"""What the hub keeps of a person, as a ZIP that the person may take away."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

from imagehub.catalogue.accounts import audit_events, own_data
from imagehub.catalogue.database import Cursor, Database
from imagehub.vocabulary import Account

CHUNK_BYTES = 256 * 1024
README = """What Deep Images Hub keeps of the account {name}, as of {at:%Y-%m-%d %H:%M} UTC.

Each file has one line of JSON for each row of the table of its name; a table without rows has none.

uploads.jsonl names each photo that you sent by its SHA-256 (photo_sha256, in hex after \\x) and its
image (image_id), whose page is /images/IMAGE_ID. Of photos that were withdrawn nothing is left but
the row in withdrawals.jsonl.

Not in here:
{left_out}
* secrets, of which the hub keeps digests alone, and what no request can read, not even yours: the
  place and the camera that came with a photo, which only the jobs count: {withheld}.
"""


def make(database: Database, account: Account) -> IO[bytes]:
    """Write the ZIP into a file without a name, and give it, read from its beginning.

    `database` acts for the account, so that row-level security holds too.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with database.transaction() as cursor:
            audit_events.write(cursor, "took the own data away", account.id, account.id)
            for table in own_data.TABLES:
                _write_table(archive, cursor, table, account)
            withheld = own_data.withheld(cursor)
        archive.writestr("README.txt", _readme(account, withheld))
    return file


def _write_table(archive: zipfile.ZipFile, cursor: Cursor, table: str, account: Account) -> None:
    found = own_data.rows(cursor, table, account.id)
    first = next(found, None)
    if first is None:
        return
    with archive.open(f"{table}.jsonl", "w", force_zip64=True) as file:
        file.write(_line(first))
        for row in found:
            file.write(_line(row))


def _line(row: dict[str, object]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _readme(account: Account, withheld: Sequence[str]) -> str:
    left_out = "\n".join(f"* {table}: {why}." for table, why in own_data.LEFT_OUT.items())
    return README.format(
        name=account.name,
        at=datetime.now(UTC),
        left_out=left_out,
        withheld=", ".join(withheld),
    )


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file that is closed behind its last one."""
    with file:
        while data := file.read(CHUNK_BYTES):
            yield data


def size_bytes(file: IO[bytes]) -> int:
    """How long a file is; it is left at its beginning."""
    found = file.seek(0, os.SEEK_END)
    file.seek(0)
    return found
