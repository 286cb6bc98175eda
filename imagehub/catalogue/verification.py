"""Verification versions, and what a version saw in each image."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Finding

EMBEDDING_DIMENSIONS = 256
DROPPED_AT_ONCE = 5_000


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


def current_version(cursor: Cursor) -> Version | None:
    """The version whose verdicts count."""
    cursor.execute("select * from verification_versions where is_current")
    return _version(cursor.fetchone())


def candidate_version(cursor: Cursor) -> Version | None:
    """The newest version that was begun after the current one and does not count yet."""
    cursor.execute(
        "select * from verification_versions where version >"
        " coalesce((select version from verification_versions where is_current), 0)"
        " order by version desc limit 1"
    )
    return _version(cursor.fetchone())


def begin_version(cursor: Cursor, draft: Version) -> int:
    """Write down a version that does not count yet; return its number (the draft's is not used)."""
    cursor.execute(
        "insert into verification_versions"
        " (networks, projection, projection_kind, fitted_on, thresholds)"
        " values (%s, %s, %s, %s, %s) returning version",
        (
            *(json.dumps(draft.networks), draft.projection, draft.projection_kind),
            *(draft.fitted_on, json.dumps(draft.thresholds)),
        ),
    )
    return int(cursor.fetchone().version)


def make_current(cursor: Cursor, version: int) -> None:
    """Let this version's verdicts count from the commit on, and no other's."""
    cursor.execute("update verification_versions set is_current = false where is_current")
    cursor.execute(
        "update verification_versions set is_current = true where version = %s", (version,)
    )


def abandon_version(cursor: Cursor, version: int) -> None:
    """Forget a version that never counted, with all that it saw."""
    cursor.execute("delete from verdicts where version = %s", (version,))
    cursor.execute("delete from image_checks where version = %s", (version,))
    cursor.execute("delete from verification_versions where version = %s", (version,))


def drop_old_checks(cursor: Cursor) -> int:
    """Delete some of what earlier versions saw, so that searches need not wade through it.

    Returns how many rows went; call again until it is 0. Verdicts of earlier versions stay.
    """
    cursor.execute(
        "delete from image_checks where (version, image_id) in (select version, image_id"
        " from image_checks where version <"
        " (select version from verification_versions where is_current) limit %s)",
        (DROPPED_AT_ONCE,),
    )
    return int(cursor.rowcount)


def count_images(cursor: Cursor) -> int:
    """How many images the hub has."""
    cursor.execute("select count(*) as images from images")
    return int(cursor.fetchone().images)


def count_unchecked(cursor: Cursor, version: int) -> int:
    """How many images the version has not looked at."""
    cursor.execute(
        "select count(*) as images from images i where not exists (select from image_checks c"
        " where c.version = %s and c.image_id = i.id)",
        (version,),
    )
    return int(cursor.fetchone().images)


def unchecked(cursor: Cursor, version: int, limit: int) -> list[Unchecked]:
    """Images that the version has not looked at, oldest first."""
    cursor.execute(
        "select i.id, encode(i.photo_sha256, 'hex') as digest, i.width, i.height, i.flags"
        " from images i where not exists (select from image_checks c"
        " where c.version = %s and c.image_id = i.id) order by i.landed_at, i.id limit %s",
        (version, limit),
    )
    return _unchecked(cursor)


def sample(cursor: Cursor, limit: int) -> list[Unchecked]:
    """Images picked evenly: ids are digests, so the first ones are as good as drawn by lot."""
    cursor.execute(
        "select id, encode(photo_sha256, 'hex') as digest, width, height, flags from images"
        " order by id limit %s",
        (limit,),
    )
    return _unchecked(cursor)


def store_checks(cursor: Cursor, version: int, checks: Iterable[Check]) -> None:
    """Write what the version saw; images that it has seen already stay as they are."""
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
        "create temporary table looked (image_id char(16), findings jsonb, classes jsonb,"
        f" embedding halfvec({EMBEDDING_DIMENSIONS})) on commit drop"
    )
    cursor.copy_expert("copy looked from stdin", lines)
    cursor.execute(
        "insert into image_checks (image_id, version, findings, classes, embedding)"
        " select image_id, %s, findings, classes, embedding from looked"
        " on conflict (version, image_id) do nothing",
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


def _version(row: Any) -> Version | None:
    if row is None:
        return None
    return Version(
        number=row.version,
        networks=row.networks,
        projection=bytes(row.projection),
        projection_kind=row.projection_kind,
        fitted_on=row.fitted_on,
        thresholds=row.thresholds,
        is_current=row.is_current,
    )
