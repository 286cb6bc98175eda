"""A run of verify that is killed, repeated or replaced changes nothing that it should not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import arrivals, crowd_models
from imagehub.catalogue.verification.arrivals import ArrivalCursor
from imagehub.catalogue.verification.image_checks import Version
from imagehub.errors import Conflict, Unavailable
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.vision.registry import choose
from imagehub.vocabulary import Outcome
from spark_jobs.runs import SparkJobContext, job_run
from spark_jobs.verify import add_to_model, versions
from spark_jobs.verify import job as verify
from spark_jobs.verify.add_to_model import add_arrivals, reweigh_all, reweigh_judged
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.judge import Judging, judge
from spark_jobs.verify.panels import gather
from spark_jobs.verify.summing import sum_anew
from spark_jobs.verify.versions import Serving
from tests.factories.uploads import Photo
from tests.spark.drawn_hub import everything, told, verdicts

Run = Callable[[], dict[str, int]]
Drawings = dict[str, list[Photo]]


class Killed(Exception):
    """What the run is told in the middle of its work."""


@pytest.fixture
def begun(
    spark: SparkSession, settings: Settings, database: Database, store: FolderStore
) -> Callable[[], Iterator[tuple[SparkJobContext, Serving]]]:
    """Begin a run that does its steps one by one."""

    @contextmanager
    def begin() -> Iterator[tuple[SparkJobContext, Serving]]:
        with job_run(database, "verify") as run:
            context = SparkJobContext(settings, database, store, run, spark)
            version = versions.current(context, choose(settings))
            yield context, Serving(settings, choose(settings), version)

    return begin


def steps(context: SparkJobContext, serving: Serving) -> list[Callable[[], object]]:
    """What a first run does, step by step."""
    version = serving.version
    with context.database.transaction() as cursor:
        arrived = arrivals.after(cursor, version.number, ArrivalCursor(0, arrivals.FIRST_ID), 100)
    return [
        lambda: verify.look_at(context, serving, arrived.unchecked[:20]),
        lambda: verify.look_at(context, serving, arrived.unchecked),
        lambda: add_arrivals(context, version, arrived),
        lambda: reweigh_all(context, version, verify.ROUNDS - 1),
        lambda: judge(context, version, serving.networks),
        lambda: reweigh_judged(context, version),
    ]


def forget_all(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "truncate verification_versions, image_checks, verdicts, crowd_models, crowd_labels,"
            " crowd_claims, crowd_senders, contributor_records, compared_images, verdict_counts"
        )


def test_a_run_killed_at_any_point_is_finished_by_the_next(
    begun: Callable[[], Iterator[tuple[SparkJobContext, Serving]]],
    verify_once: Run,
    drawings: Drawings,
    database: Database,
) -> None:
    verify_once()
    whole = told(database)
    with database.transaction() as cursor:
        sender = str(drawings["wrong"][0].account.id)
        records = crowd_models.records(cursor, 1, [sender])
    assert records[sender].claims == 1
    for killed_after in (1, 3, 4, 5, 6):
        forget_all(database)
        with pytest.raises(Killed), begun() as (context, serving):
            for step in steps(context, serving)[:killed_after]:
                step()
            raise Killed
        assert verify.has_work(database)
        verify_once()
        assert not verify.has_work(database)
        assert told(database) == whole
        with database.transaction() as cursor:
            version = serving.version.number
            again = crowd_models.records(cursor, version, list(records))
        assert again == records


def test_a_run_that_was_replaced_changes_nothing(
    begun: Callable[[], Iterator[tuple[SparkJobContext, Serving]]],
    drawings: Drawings,
    database: Database,
) -> None:
    with begun() as (context, serving):
        do = steps(context, serving)
        for step in do[1:4]:
            step()
        before = everything(database)
        with database.transaction() as cursor:
            cursor.execute("update job_epochs set epoch = epoch + 1")
        for step in (do[2], do[3], do[4]):
            with pytest.raises(Exception, match="newer"):
                step()
        with pytest.raises(Conflict):
            versions.switch(context, serving.version)
    assert everything(database) == before
    assert verdicts(database) == {}


def test_sums_are_not_written_if_a_withdrawal_changed_the_model_meanwhile(
    begun: Callable[[], Iterator[tuple[SparkJobContext, Serving]]],
    verify_once: Run,
    drawings: Drawings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def summed_beside_a_withdrawal(context: SparkJobContext, version: Version) -> CrowdStatistics:
        found = sum_anew(context, version)
        with database.transaction() as cursor:
            crowd_models.take_revision(cursor, version.number)
        return found

    with begun() as (context, serving):
        look, take, weigh = steps(context, serving)[1:4]
        look()
        take()
        monkeypatch.setattr(add_to_model, "sum_anew", summed_beside_a_withdrawal)
        with pytest.raises(Unavailable, match="withdrawn meanwhile"):
            weigh()
        monkeypatch.undo()
    assert verdicts(database) == {}
    verify_once()
    assert not verify.has_work(database)
    assert len(verdicts(database)) == sum(map(len, drawings.values()))


def test_a_second_copy_of_a_task_that_ends_late_writes_nothing_and_one_in_time_logs_each_verdict(
    begun: Callable[[], Iterator[tuple[SparkJobContext, Serving]]],
    drawings: Drawings,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with begun() as (context, serving):
        for step in steps(context, serving)[1:5]:
            step()
        version = serving.version.number
        with database.transaction() as cursor:
            revision = crowd_models.state(cursor, version).revision
        task = (drawings["Grid"][0].label.mid, True, 12, 12, 37, "0", "g")
        late = Judging(
            context.settings,
            version,
            (context.run.job, context.run.epoch, context.run.id),
            revision - 1,
            SimpleNamespace(value=gather(context, serving.version, serving.networks)),
        )
        caplog.clear()
        before = everything(database)
        caplog.set_level("INFO", "spark_jobs")
        told_by = list(late(iter([pd.DataFrame([task])])))
        assert everything(database) == before
        assert int(told_by[0]["judged"].iloc[0]) == 12
        assert caplog.messages == []
        list(replace(late, revision=revision)(iter([pd.DataFrame([task])])))
    said = {
        record.about["image"]: record.message
        for record in caplog.records
        if "about" in vars(record)
    }
    assert said.keys() == {photo.image_id for photo in drawings["Grid"]}
    assert set(said.values()) <= {f"verdict {outcome}" for outcome in Outcome}
