"""What the catalogue keeps of an image's derivatives, where one is made or first read anew."""

from __future__ import annotations

from psycopg2 import sql

from imagehub.catalogue.database import Cursor
from imagehub.photo import Derivative


def set_full(cursor: Cursor, image_id: str, full: Derivative) -> None:
    """Write digest, checksum and sizes of a `full` that was made anew."""
    cursor.execute(
        """
        update images
        set full_sha256 = %s, full_bytes = %s, full_crc32 = %s, full_width = %s, full_height = %s
        where id = %s
        """,
        (
            *(bytes.fromhex(full.sha256), len(full.data), full.crc32),
            *(full.width, full.height, image_id),
        ),
    )


def set_digest(cursor: Cursor, image_id: str, kind: str, sha256: str) -> None:
    """Write the digest of the image's `view` or `thumb`."""
    cursor.execute(
        sql.SQL("update images set {} = %s where id = %s").format(sql.Identifier(f"{kind}_sha256")),
        (bytes.fromhex(sha256), image_id),
    )
