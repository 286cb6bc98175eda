"""The job verify on a real small hub: Postgres, folder store, drawn photos, two cores."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from pyspark.sql import SparkSession

from imagehub.catalogue import verification
from imagehub.catalogue.database import Database
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vision.registry import choose
from spark_jobs import jobs, verify
from spark_jobs.runs import JobContext, job_run
from spark_jobs.verification import versions
from spark_jobs.verification.judge import judge
from tests.factories.labels import label
from tests.factories.uploads import Photo, photo, same_photo_again

SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, tuple[int, int, int, int]], Any]] = {
    "Circle": lambda pen, box: pen.ellipse(box, (220, 40, 30)),
    "Square": lambda pen, box: pen.rectangle(box, (30, 70, 210)),
    "Grid": lambda pen, box: [
        pen.line((x, box[1], x, box[3]), (20, 20, 20), 5) for x in range(box[0], box[2], 14)
    ],
}
PER_SHAPE = 12


@pytest.fixture
def run(
    spark: SparkSession, settings: Settings, database: Database, store: FolderStore
) -> Callable[[], dict[str, int]]:
    """Do the job once."""
    return lambda: jobs.execute("verify", settings, spark, database, store)


@pytest.fixture
def hub(database: Database, store: FolderStore) -> dict[str, list[Photo]]:
    """Three labels of twelve drawings each, and one more claimed as Circle that shows a grid."""
    photos: dict[str, list[Photo]] = {}
    with database.transaction() as cursor:
        for name in SHAPES:
            claimed = label(cursor, name)
            photos[name] = [
                photo(cursor, claimed, store=store, size=(320, 240), jpeg=draw(name, seed))
                for seed in range(PER_SHAPE)
            ]
        wrong = photo(
            cursor,
            photos["Circle"][0].label,
            store=store,
            size=(320, 240),
            jpeg=draw("Grid", 100),
        )
        photos["wrong"] = [wrong]
    return photos


def draw(name: str, seed: int) -> bytes:
    """A JPEG of one shape somewhere on a pale ground."""
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", (320, 240), tuple(int(c) for c in dice.integers(200, 230, 3)))
    left, top, side = (int(dice.integers(*ends)) for ends in ((10, 110), (5, 75), (110, 170)))
    SHAPES[name](ImageDraw.Draw(picture), (left, top, left + side + 20, top + side))
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def verdicts(database: Database) -> dict[tuple[str, str], Any]:
    with database.transaction() as cursor:
        cursor.execute(
            "select v.* from verdicts v join verification_versions w using (version)"
            " where w.is_current order by image_id, label"
        )
        return {(row.image_id, row.label): row for row in cursor}


def everything(database: Database) -> tuple[Any, ...]:
    with database.transaction() as cursor:
        tables = []
        for table in ("verification_versions", "image_checks", "verdicts"):
            cursor.execute(f"select * from {table} order by 1, 2, 3")
            tables.append(
                [tuple(bytes(f) if isinstance(f, memoryview) else f for f in r) for r in cursor]
            )
        return tuple(tables)


def told(database: Database) -> dict[tuple[str, str], Any]:
    """What verdicts say, without when and by which run."""
    return {
        key: (row.outcome, row.probability, row.reasons, row.evidence, row.crowd_size)
        for key, row in verdicts(database).items()
    }


def test_right_claims_are_verified_and_a_wrong_one_is_not(
    run: Callable[[], dict[str, int]], hub: dict[str, list[Photo]], database: Database
) -> None:
    assert verify.has_work(database)
    counts = run()
    found = verdicts(database)
    right = [found[p.image_id, p.label.mid] for name in SHAPES for p in hub[name]]
    wrong = found[hub["wrong"][0].image_id, hub["wrong"][0].label.mid]
    assert [row.outcome for row in right] == ["verified"] * len(right)
    assert wrong.outcome != "verified"
    assert "more like Grid" in " ".join(wrong.reasons)
    assert {e["source"] for e in wrong.evidence} == {"quality", "crowd", "network"}
    assert (counts["looked"], counts["judged"]) == (37, 37)
    assert not verify.has_work(database)


def test_running_twice_changes_nothing(
    run: Callable[[], dict[str, int]], hub: dict[str, list[Photo]], database: Database
) -> None:
    run()
    before = everything(database)
    counts = run()
    assert (counts["looked"], counts["judged"]) == (0, 0)
    assert everything(database) == before


def test_what_a_killed_run_left_undone_is_done_by_the_next_one(
    run: Callable[[], dict[str, int]], hub: dict[str, list[Photo]], database: Database
) -> None:
    run()
    whole = told(database)
    with database.transaction() as cursor:
        cursor.execute("delete from verdicts where image_id < '8'")
        cursor.execute("delete from image_checks where image_id < '4'")
    assert verify.has_work(database)
    run()
    assert told(database) == whole


def test_new_networks_take_over_in_one_step_once_they_have_judged_everything(
    spark: SparkSession,
    settings: Settings,
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
    shared: Path,
) -> None:
    jobs.execute("verify", settings, spark, database, store)
    before = verdicts(database)
    jobs.execute("verify", replace(settings, models=shared / "models"), spark, database, store)
    after = verdicts(database)
    assert after.keys() == before.keys()
    assert {row.version for row in after.values()} != {row.version for row in before.values()}
    with database.transaction() as cursor:
        current = verification.current_version(cursor)
        cursor.execute("select count(*) as named from image_checks where classes <> '{}'")
        named = cursor.fetchone().named
    assert current is not None
    assert current.networks["classes"]["name"] == "mobilenet-v2-imagenet"
    assert named > 0
    assert not verify.has_work(database)


def test_a_new_labels_first_photo_needs_review(
    run: Callable[[], dict[str, int]],
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
) -> None:
    run()
    with database.transaction() as cursor:
        first = photo(
            cursor, label(cursor, "Novelty"), store=store, size=(320, 240), jpeg=draw("Grid", 7)
        )
    assert verify.has_work(database)
    assert run()["looked"] == 1
    found = verdicts(database)[first.image_id, first.label.mid]
    assert found.outcome == "needs_review"
    assert found.reasons == ["There are too few other photos of Novelty to compare."]


def test_a_view_that_is_missing_or_damaged_is_a_finding(
    run: Callable[[], dict[str, int]],
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
) -> None:
    missing, damaged = hub["Circle"][0], hub["Circle"][1]
    store.delete(keys.view(missing.photo_sha256))
    whole = store.get(keys.view(damaged.photo_sha256))
    store.delete(keys.view(damaged.photo_sha256))
    store.put(keys.view(damaged.photo_sha256), whole[:300])
    run()
    found = verdicts(database)
    for one in (missing, damaged):
        verdict = found[one.image_id, one.label.mid]
        assert verdict.outcome == "needs_review"
        assert "cannot be read" in verdict.reasons[0]
        assert verdict.crowd_size == PER_SHAPE + 1 - 2


def test_an_unfit_photo_is_rejected_and_says_why(
    run: Callable[[], dict[str, int]],
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
) -> None:
    night = BytesIO()
    Image.new("RGB", (320, 240), (6, 6, 9)).save(night, "JPEG")
    with database.transaction() as cursor:
        dark = photo(
            cursor,
            hub["Square"][0].label,
            store=store,
            size=(320, 240),
            jpeg=night.getvalue(),
        )
    run()
    found = verdicts(database)[dark.image_id, dark.label.mid]
    assert found.outcome == "rejected"
    assert found.reasons[0] == "The photo is so dark that little can be seen."


def test_a_photo_sent_again_under_another_label_is_judged_without_looking_again(
    run: Callable[[], dict[str, int]], hub: dict[str, list[Photo]], database: Database
) -> None:
    run()
    with database.transaction() as cursor:
        same_photo_again(cursor, replace(hub["Square"][0], label=hub["Circle"][0].label))
    assert verify.has_work(database)
    counts = run()
    assert counts["looked"] == 0
    found = verdicts(database)[hub["Square"][0].image_id, hub["Circle"][0].label.mid]
    assert found.outcome != "verified"
    assert not verify.has_work(database)


def test_a_label_that_grew_by_a_quarter_is_judged_again(
    run: Callable[[], dict[str, int]],
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
) -> None:
    run()
    with database.transaction() as cursor:
        for seed in range(200, 204):
            jpeg = draw("Square", seed)
            photo(cursor, hub["Square"][0].label, store=store, size=(320, 240), jpeg=jpeg)
    assert run()["judged"] == PER_SHAPE + 4
    sizes = {
        row.crowd_size
        for (_, mid), row in verdicts(database).items()
        if mid == hub["Square"][0].label.mid
    }
    assert sizes == {PER_SHAPE + 4}


def test_a_grown_hub_fits_its_projection_and_never_stands_without_verdicts(
    run: Callable[[], dict[str, int]],
    hub: dict[str, list[Photo]],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run()
    first = verdicts(database)
    monkeypatch.setattr(versions, "FITTED_FROM_IMAGES", 20)
    monkeypatch.setattr(verify, "CANDIDATE_SECONDS", -1.0)
    monkeypatch.setattr(verify, "IMAGES_PER_CORE_AND_STAGE", 10)
    run()
    assert verify.has_work(database)
    assert verdicts(database) == first, "the version under way does not count yet"
    while verify.has_work(database):
        run()
    second = verdicts(database)
    with database.transaction() as cursor:
        current = verification.current_version(cursor)
        cursor.execute("select distinct version from image_checks")
        looked = [row.version for row in cursor]
    assert current is not None
    assert (current.projection_kind, current.fitted_on) == ("pca", 37)
    assert looked == [current.number]
    assert second.keys() == first.keys()
    assert {row.version for row in second.values()} == {current.number}


def test_a_run_that_was_replaced_writes_no_verdict(
    spark: SparkSession,
    settings: Settings,
    hub: dict[str, list[Photo]],
    database: Database,
    store: FolderStore,
) -> None:
    networks = choose(settings)
    with job_run(database, "verify") as run:
        context = JobContext(settings, spark, database, store, run)
        version = versions.current(context, networks)
        verify.look_at_some(context, version)
        with database.transaction() as cursor:
            cursor.execute("update job_epochs set epoch = epoch + 1")
        with pytest.raises(Exception, match="newer run"):
            judge(context, version, networks)
        with pytest.raises(Conflict):
            versions.switch(context, version)
    assert verdicts(database) == {}


def test_a_network_is_recorded_with_its_digest(
    run: Callable[[], dict[str, int]], hub: dict[str, list[Photo]], database: Database
) -> None:
    run()
    with database.transaction() as cursor:
        current = verification.current_version(cursor)
    assert current is not None
    assert current.networks["embedding"]["name"] == "drawn"
    assert len(current.networks["embedding"]["sha256"]) == 64
    assert current.thresholds == json.loads(json.dumps(versions.thresholds()))
