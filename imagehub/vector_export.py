"""Write the embeddings of all images as Parquet: files of equal size, in the order of ids.

A file has its name only when it is whole. So an export that was killed goes on behind its last
file. Photos that come or go meanwhile may be in it or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from imagehub.catalogue.database import Database
from imagehub.catalogue.images import vectors
from imagehub.catalogue.images.vectors import ImageVector
from imagehub.catalogue.verification.image_checks import Version
from imagehub.catalogue.verification.versions import current_version
from imagehub.errors import Conflict, NotFound
from imagehub.vocabulary import EMBEDDING_DIMENSIONS

PART_ROWS = 100_000
PAGE_ROWS = 1_000
DONE = "_SUCCESS"
"""Spark's and Hadoop's name for the file that says: nothing is missing."""

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("vector", pa.list_(pa.float32(), EMBEDDING_DIMENSIONS)),
        ("model", pa.string()),
        ("labels", pa.list_(pa.string())),
        ("licence", pa.string()),
        ("contributor", pa.string()),
        ("duplicate_group", pa.string()),
        ("sha256", pa.string()),
        ("format", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("landed_at", pa.timestamp("us", "UTC")),
    ]
)


def export(
    database: Database,
    folder: Path,
    hidden_too: bool = False,
    wrote: Callable[[int], object] = lambda _: None,
) -> int:
    """Write what is missing into a folder; return how many vectors it holds then.

    `wrote` hears how many were written. Raises NotFound where no photo was looked at yet, Conflict
    where the folder is complete, or has another model's vectors.
    """
    with database.transaction() as cursor:
        version = current_version(cursor)
    if version is None:
        raise NotFound("No photo was looked at yet, so there are no vectors.")
    model, parts = model_name(version), sorted(folder.glob("part-*.parquet"))
    if (folder / DONE).exists():
        raise Conflict(f"{folder} holds a whole export. Name another folder.")
    after, rows = _last(parts, model)
    folder.mkdir(parents=True, exist_ok=True)
    found = _all(database, version.number, after, hidden_too)
    for number in range(len(parts), 1_000_000):
        written = _write_part(folder / f"part-{number:06d}.parquet", found, model)
        if not written:
            break
        rows += written
        wrote(written)
    (folder / DONE).touch()
    return rows


def model_name(version: Version) -> str:
    """What made the vectors: the version of verification and its networks."""
    networks = (
        f"{one['name']} {one['sha256'][:12]}" for _, one in sorted(version.networks.items())
    )
    return "; ".join((f"version {version.number}", *networks))


def _last(parts: Sequence[Path], model: str) -> tuple[str, int]:
    """The last id that is written, and how many are."""
    rows = sum(pq.read_metadata(part).num_rows for part in parts)
    if not parts:
        return "", 0
    table = pq.read_table(parts[-1], columns=["id", "model"])
    (last,) = table.slice(table.num_rows - 1).to_pylist()
    if last["model"] != model:
        raise Conflict(f"{parts[-1]} has vectors of {last['model']}. Name another folder.")
    return str(last["id"]), rows


def _all(database: Database, version: int, after: str, hidden_too: bool) -> Iterator[ImageVector]:
    while True:
        with database.transaction() as cursor:
            found = vectors.page(cursor, version, after, PAGE_ROWS, hidden_too)
        yield from found
        if len(found) < PAGE_ROWS:
            return
        after = found[-1].id


def _write_part(file: Path, found: Iterator[ImageVector], model: str) -> int:
    """Write the next vectors as one file; 0, and no file, if there are none."""
    first = list(islice(found, PAGE_ROWS))
    if not first:
        return 0
    unfinished = file.with_suffix(".part")
    rows = 0
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as writer:
        while first:
            writer.write_table(_table(first, model))
            rows += len(first)
            first = list(islice(found, min(PAGE_ROWS, PART_ROWS - rows)))
    unfinished.rename(file)
    return rows


def _table(found: Sequence[ImageVector], model: str) -> pa.Table:
    sent = b"".join(one.embedding for one in found)
    read = np.frombuffer(sent, [("header", ">u2", 2), ("values", ">f2", EMBEDDING_DIMENSIONS)])
    flat = pa.array(read["values"].astype(np.float32).ravel())
    columns = {
        "vector": pa.FixedSizeListArray.from_arrays(flat, EMBEDDING_DIMENSIONS),
        "model": pa.array([model] * len(found)),
    }
    for field in SCHEMA:
        if field.name not in columns:
            values = [getattr(one, field.name) for one in found]
            columns[field.name] = pa.array(values, field.type)
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)
