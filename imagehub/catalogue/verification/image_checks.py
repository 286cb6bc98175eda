"""What a version of verification saw in each image."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import EMBEDDING_DIMENSIONS, Finding


@dataclass(frozen=True, slots=True)
class Version:
    """One way to look at photos; `projection` is the .npz of features -> 256 dimensions."""

    number: int
    networks: dict[str, Any]
    projection: bytes
    projection_kind: str
    fitted_on: int
    thresholds: dict[str, Any]
    is_current: bool


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An image that a version has not looked at; sizes in pixels of the upright original."""

    image_id: str
    photo_sha256: str
    width: int
    height: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What a version saw in one image; the embedding has 256 numbers."""

    image_id: str
    findings: Sequence[Finding]
    classes: Mapping[str, float]
    embedding: npt.NDArray[np.float32]


def count_images(cursor: Cursor) -> int:
    """How many images the hub has."""
    cursor.execute("select count(*) as images from images")
    return int(cursor.fetchone().images)


def unreadable(cursor: Cursor, version: int, since_seconds: float, limit: int) -> list[Unchecked]:
    """Images that could not be read when the version looked at them, so long ago or longer."""
    cursor.execute(
        """
        select i.id, encode(i.photo_sha256, 'hex') as digest, i.width, i.height, i.flags
        from image_checks c
        join images i on i.id = c.image_id
        where c.findings @> '[{"code": "unreadable"}]'
            and c.version = %s
            and c.checked_at < now() - make_interval(secs => %s)
        order by c.checked_at
        limit %s
        """,
        (version, since_seconds, limit),
    )
    return _unchecked(cursor)


def sample(cursor: Cursor, limit: int) -> list[Unchecked]:
    """Images picked evenly: ids are digests, so the first ones are as good as drawn by lot."""
    cursor.execute(
        """
        select id, encode(photo_sha256, 'hex') as digest, width, height, flags
        from images
        order by id
        limit %s
        """,
        (limit,),
    )
    return _unchecked(cursor)


def store_checks(cursor: Cursor, version: int, checks: Iterable[Check]) -> None:
    """Write what the version saw; images that it has seen already stay as they are.

    One that could not be read is written anew, one that was removed meanwhile is left out.
    """
    lines = io.StringIO()
    for check in checks:
        fields = (
            check.image_id,
            json.dumps([asdict(finding) for finding in check.findings]),
            json.dumps(check.classes),
            "[" + ",".join(f"{number:.5g}" for number in check.embedding) + "]",
        )
        lines.write("\t".join(field.replace("\\", "\\\\") for field in fields) + "\n")
    lines.seek(0)
    cursor.execute(
        f"""
        create temporary table looked (
            image_id char(16), findings jsonb, classes jsonb,
            embedding halfvec({EMBEDDING_DIMENSIONS})
        ) on commit drop
        """
    )
    cursor.copy_expert("copy looked from stdin", lines)
    cursor.execute(
        """
        insert into image_checks as c (image_id, version, findings, classes, embedding)
        select i.id, %s, findings, classes, embedding
        from looked
        join images i on i.id = looked.image_id
        for key share of i
        on conflict (version, image_id) do update
        set findings = excluded.findings, classes = excluded.classes,
            embedding = excluded.embedding, checked_at = now()
        where c.findings @> '[{"code": "unreadable"}]'
        """,
        (version,),
    )
    cursor.execute("drop table looked")


def read_embedding(sent: bytes | memoryview) -> npt.NDArray[np.float64]:
    """Read what `halfvec_send` gives: two 16-bit headers, then big-endian half floats."""
    return np.frombuffer(sent, ">f2", offset=4).astype(np.float64)


def _unchecked(cursor: Cursor) -> list[Unchecked]:
    return [
        Unchecked(row.id, row.digest, row.width, row.height, tuple(row.flags))
        for row in cursor.fetchall()
    ]
