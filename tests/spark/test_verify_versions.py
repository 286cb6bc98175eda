"""Versions of verification: one follows another in one step, and the hub can go back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import versions as catalogue
from imagehub.catalogue.verification.image_checks import Version
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from spark_jobs.verify import job as verify
from spark_jobs.verify import version_history, versions
from spark_jobs.verify.agreement import verdict
from spark_jobs.verify.thresholds import thresholds
from tests.factories.uploads import Photo
from tests.spark.drawn_hub import add_photos, verdicts

Run = Callable[[], dict[str, int]]
Drawings = dict[str, list[Photo]]


def current(database: Database) -> Version:
    with database.transaction() as cursor:
        found = catalogue.current_version(cursor)
    assert found is not None
    return found


def kept(database: Database) -> set[int]:
    """Versions of which image checks are kept."""
    with database.transaction() as cursor:
        cursor.execute("select distinct version from image_checks")
        return {row.version for row in cursor}


def until_nothing_waits(run: Run, database: Database) -> None:
    for _ in range(20):
        if not verify.has_work(database):
            return
        run()
    pytest.fail("verify finds work again and again")


def test_a_network_is_recorded_with_its_digest(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    verify_once()
    now = current(database)
    assert now.networks["embedding"]["name"] == "drawn"
    assert len(now.networks["embedding"]["sha256"]) == 64
    assert now.thresholds == json.loads(json.dumps(thresholds()))


def test_new_networks_take_over_in_one_step_once_they_have_judged_everything(
    spark: SparkSession,
    settings: Settings,
    drawings: Drawings,
    database: Database,
    store: FolderStore,
    shared: Path,
) -> None:
    jobs.execute("verify", settings, spark, database, store)
    before = verdicts(database)
    better = replace(
        settings, models=shared / "models", embedding_network="auto", class_network="auto"
    )
    jobs.execute("verify", better, spark, database, store)
    after = verdicts(database)
    assert after.keys() == before.keys()
    assert {row.version for row in after.values()} != {row.version for row in before.values()}
    assert current(database).networks["classes"]["name"] == "efficientnet-lite2"
    with database.transaction() as cursor:
        cursor.execute("select count(*) as named from image_checks where classes <> '{}'")
        assert cursor.fetchone().named > 0
    assert not verify.has_work(database)


def test_a_grown_hub_fits_its_projection_and_never_stands_without_verdicts(
    verify_once: Run, drawings: Drawings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_once()
    first, second = verdicts(database), current(database).number + 1
    monkeypatch.setattr(versions, "FITTED_FROM_IMAGES", 20)
    monkeypatch.setattr(verify, "CANDIDATE_SECONDS", -1.0)
    monkeypatch.setattr(verify, "IMAGES_PER_CORE_AND_STAGE", 10)
    verify_once()
    assert verify.has_work(database)
    assert verdicts(database) == first, "the version under way does not count yet"
    until_nothing_waits(verify_once, database)
    now = current(database)
    assert (now.number, now.projection_kind, now.fitted_on) == (second, "pca", 37)
    assert verdicts(database).keys() == first.keys()
    assert {row.version for row in verdicts(database).values()} == {second}


def test_the_hub_goes_back_to_the_version_before_and_forward_again(
    verify_once: Run,
    drawings: Drawings,
    database: Database,
    store: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify_once()
    first, one = verdicts(database), current(database).number
    monkeypatch.setattr(versions, "FITTED_FROM_IMAGES", 20)
    verify_once()
    second, two = verdicts(database), current(database).number
    assert kept(database) == {one, two}

    assert version_history.act("roll-back", database) == (
        f"Version {one} of verification counts again."
    )
    assert verdicts(database) == first
    with database.transaction() as cursor:
        cursor.execute("select job, state from job_runs order by id desc limit 1")
        assert cursor.fetchone() == ("verify", "done"), "so label sets follow"
    added = add_photos(database, store, drawings["Grid"][0].label, "Grid", [300])[0]
    until_nothing_waits(verify_once, database)
    assert current(database).number == one, "the job does not switch forward by itself"
    assert verdicts(database)[added.image_id, added.label.mid].version == one
    assert {key: verdicts(database)[key] for key in first} == first
    with pytest.raises(Conflict, match="no earlier version"):
        version_history.act("roll-back", database)

    version_history.act("roll-forward", database)
    assert verdicts(database) == second
    until_nothing_waits(verify_once, database)
    assert current(database).number == two
    assert verdicts(database)[added.image_id, added.label.mid].version == two
    assert "current" in version_history.act("list", database).splitlines()[0]
    with pytest.raises(Conflict, match="withdrawn"):
        version_history.act("roll-forward", database)


def test_the_third_version_lets_go_of_the_first_and_of_a_withdrawn_one(
    verify_once: Run, drawings: Drawings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_once()
    version = current(database).number
    monkeypatch.setattr(verdict, "VERIFIED_FROM", 0.71)
    verify_once()
    version_history.act("roll-back", database)
    assert current(database).number == version
    monkeypatch.setattr(verdict, "VERIFIED_FROM", 0.72)
    verify_once()
    three = current(database).number
    assert three == version + 2
    assert kept(database) == {version, three}
    monkeypatch.setattr(verdict, "VERIFIED_FROM", 0.73)
    verify_once()
    assert kept(database) == {three, three + 1}
    with database.transaction() as cursor:
        cursor.execute("select version from crowd_models order by version")
        assert [row.version for row in cursor] == [three, three + 1]
        cursor.execute("select distinct version from verdicts order by version")
        assert [row.version for row in cursor] == [three, three + 1]
    assert "emptied" in version_history.act("list", database)
