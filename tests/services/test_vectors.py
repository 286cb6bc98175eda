"""Embeddings are exported as Parquet: each public photo's once, whatever kills the export."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from imagehub import vector_export
from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import photo_origins
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.errors import Conflict, NotFound
from tests import factories
from tests.factories import Photo


@pytest.fixture
def photos(database: Database) -> list[Photo]:
    """Twelve public photos, and one that is hidden."""
    with database.transaction() as cursor:
        label = factories.label(cursor)
        made = [factories.verified_photo(cursor, label) for _ in range(12)]
        factories.publish_label_sets(cursor)
        hidden = factories.photo(cursor, label)
        factories.checks(cursor, hidden.image_id)
        origin = PhotoOrigin(made[0].upload_id, "CC-BY-2.0", "", "Ada", "", "")
        photo_origins.keep(cursor, [origin])
    return [*made, hidden]


def rows(folder: Path) -> list[dict[str, Any]]:
    parts = sorted(folder.glob("part-*.parquet"))
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


def test_every_public_photo_has_its_vector_and_metadata(
    database: Database, photos: list[Photo], tmp_path: Path
) -> None:
    assert vector_export.export(database, tmp_path / "out") == 12
    found = {row["id"]: row for row in rows(tmp_path / "out")}
    assert set(found) == {photo.image_id for photo in photos[:12]}
    with database.transaction() as cursor:
        cursor.execute("select image_id, embedding::text as embedding from image_checks")
        kept = {row.image_id: np.fromstring(row.embedding[1:-1], sep=",") for row in cursor}
    for image_id, row in found.items():
        assert np.allclose(row["vector"], kept[image_id])
        assert row["labels"] == [photos[0].label.mid]
        assert row["model"] == "version 1"
    credited = {row["id"]: (row["licence"], row["contributor"]) for row in found.values()}
    assert credited[photos[0].image_id] == ("CC-BY-2.0", "Ada")
    assert credited[photos[1].image_id][0] == "CC-BY-4.0"


def test_hidden_photos_are_exported_only_where_they_are_asked_for(
    database: Database, photos: list[Photo], tmp_path: Path
) -> None:
    assert vector_export.export(database, tmp_path / "all", hidden_too=True) == 13
    assert photos[-1].image_id in {row["id"] for row in rows(tmp_path / "all")}


def test_a_killed_export_goes_on_behind_its_last_file(
    database: Database,
    catalogue_url: str,
    photos: list[Photo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vector_export, "PART_ROWS", 3)
    monkeypatch.setattr(vector_export, "PAGE_ROWS", 2)
    out, context = tmp_path / "out", multiprocessing.get_context("fork")
    written, go_on = context.Event(), context.Event()

    def export_and_wait() -> None:
        def stay(_: int) -> None:
            written.set()
            go_on.wait()

        vector_export.export(Database(catalogue_url), out, wrote=stay)

    process = context.Process(target=export_and_wait)
    process.start()
    assert written.wait(60)
    process.kill()
    process.join()
    assert len(rows(out)) == 3
    (out / "part-000001.part").write_bytes(b"left unfinished")
    assert vector_export.export(database, out) == 12
    ids = [row["id"] for row in rows(out)]
    assert ids == sorted(photo.image_id for photo in photos[:12])
    assert (out / "_SUCCESS").exists()
    with pytest.raises(Conflict, match="whole export"):
        vector_export.export(database, out)


def test_vectors_of_two_models_are_not_mixed(
    database: Database, photos: list[Photo], tmp_path: Path
) -> None:
    vector_export.export(database, tmp_path)
    (tmp_path / "_SUCCESS").unlink()
    with database.transaction() as cursor:
        cursor.execute("""update verification_versions set networks = '{"x": {"name": "other",
            "sha256": "0123456789abcdef"}}'""")
    with pytest.raises(Conflict, match="version 1"):
        vector_export.export(database, tmp_path)


def test_a_hub_that_looked_at_nothing_has_no_vectors(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        vector_export.export(database, tmp_path)
