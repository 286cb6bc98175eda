"""A run without Spark, with S3 for all that it keeps; and what must go from there."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_runs
from imagehub.hub import open_store
from imagehub.manifest import digest
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.training_config import read
from tests import factories
from tests.labelled_release import labelled_release
from tests.servers.versitygw import VersityGateway
from tests.spark.drawn_hub import draw
from tests.spark.programs import wait_for
from training import attempt, checkpoint, dataset, features, fitting, head, preparing, publishing
from training.fitting import WorkerRank, fit
from training.reporting import Attempt, Reporter
from training.service import Trainer
from training.shards import Index
from training.task import Task, checkpoint_key, checkpoint_prefix, epochs_of

EPOCHS, BATCH = 3, 8


@pytest.fixture
def settings(
    catalogue_url: str, versitygw: VersityGateway, bucket: str, tmp_path: Path
) -> Settings:
    return Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"s3://{bucket}/hub",
        s3_endpoint_url=versitygw.url,
        embedding_network="drawn",
        models=tmp_path,
    )


def here() -> preparing.Everywhere:
    return lambda function, items: [function(item) for item in items]


def nowhere() -> preparing.Everywhere:
    raise AssertionError("what is in the store is made again")


def release_of(database: Database, settings: Settings) -> str:
    """A release of two things that were drawn."""
    with database.transaction() as cursor:
        photos = {
            factories.label(cursor, name): [draw(name, seed) for seed in range(16)]
            for name in ("Circle", "Square")
        }
        return labelled_release(cursor, open_store(settings), photos)


def run_of(database: Database, release_id: str) -> training_runs.RunState:
    """A begun run on a release."""
    with database.transaction() as cursor:
        config = read({"epochs": EPOCHS, "batch": BATCH, "augmentation": "none"})
        run_id = training_runs.queue(cursor, release_id, config.model_dump(mode="json"))
        training_runs.begin(cursor, str(run_id))
        found = training_runs.find(cursor, str(run_id))
    assert found is not None
    return found


def task_of(run: training_runs.RunState, settings: Settings, index: Index) -> Task:
    network, shards = features.frozen_network(settings).network, index.of("train")
    return Task(
        run_id=run.id,
        attempt=run.attempt,
        config=read(run.config),
        classes=len(index.classes),
        side_pixels=index.side_pixels,
        shards=shards,
        workers=1,
        batch=BATCH,
        steps=dataset.steps_an_epoch(shards, 1, BATCH),
        start_key=checkpoint_key(run.id, 0, run.attempt),
        network_sha256=network.sha256,
        features=network.outputs,
    )


@pytest.mark.timeout(300)
def test_shards_features_checkpoints_and_model_lie_in_s3(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    store = open_store(settings)
    run = run_of(database, release_of(database, settings))
    network = features.frozen_network(settings).network
    source = preparing.PinnedRelease(run.release_id, run.manifest_sha256)
    index = preparing.make_shards(settings, source, network.side_pixels, here)
    assert preparing.make_shards(settings, source, network.side_pixels, nowhere) == index
    preparing.make_features(settings, index, network.sha256, False, here)
    preparing.make_features(settings, index, network.sha256, False, nowhere)
    task = task_of(run, settings, index)
    looked = looked_at(settings, index, network.sha256)
    begin = head.start(fitting.rows_to_train(looked)[0], task.classes)
    store.put(task.start_key, checkpoint.write(begin))
    own = Database(database.url)
    with Reporter(own, Attempt(run.id, run.attempt), "driver") as report:
        last = fit(task, WorkerRank(0, store, tmp_path / "cache"), report)
        keys = list(store.keys(checkpoint_prefix(run.id)))
        assert [epochs_of(key) for key in keys] == [EPOCHS - 1, EPOCHS]
        kept = checkpoint.read(store.get(keys[-1]))
        assert checkpoint.weights_sha256(kept.weights) == checkpoint.weights_sha256(last.weights)
        assert attempt.last_checkpoint(store, run.id, EPOCHS) == keys[-2]
        publishing.publish(settings, database, report, run, task, index)
    found = model_of(database, run.id)
    assert found.metrics["licences"] == ["CC-BY-4.0"]
    assert found.metrics["network"]["sha256"] == network.sha256
    for file in found.files.values():
        assert digest(store.get(str(file["key"]))).hex() == file["sha256"]


def test_a_withdrawn_photo_leaves_the_training_shards_and_what_was_seen_in_them(
    database: Database, catalogue_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        embedding_network="drawn",
    )
    store, release_id = open_store(settings), release_of(database, settings)
    with database.transaction() as cursor:
        cursor.execute("select manifest_sha256 from releases where id = %s", (release_id,))
        source = preparing.PinnedRelease(release_id, bytes(cursor.fetchone().manifest_sha256))
    index = preparing.make_shards(settings, source, 48, here)
    store.put(features.key(index.shards[0], "0" * 64, mirrored=False), b"what was seen")
    before = photo_ids(store, index)
    gone = min(before)
    with database.transaction() as cursor:
        cursor.execute(
            "insert into release_withdrawals (release_id, image_id, path, file_sha256, kind)"
            " values (%s, %s, 'train/x.jpg', %s, 'withdrawn')",
            (release_id, gone, bytes(32)),
        )
    trainer = Trainer(settings, Database(database.url))
    thread = threading.Thread(target=trainer.serve)
    thread.start()
    wait_for(lambda: not list(store.keys("training/")), 30)
    trainer.stop.set()
    thread.join(30)
    source = replace(source, withdrawn=frozenset({gone}))
    again = preparing.make_shards(settings, source, 48, here)
    assert before - photo_ids(store, again) == {gone}
    assert photo_ids(store, again) < before


def photo_ids(store: ObjectStore, index: Index) -> set[str]:
    return {
        photo.image_id for shard in index.shards for photo in dataset.photos(store.get(shard.key))
    }


def looked_at(settings: Settings, index: Index, sha256: str) -> features.FeatureSet:
    store = open_store(settings)
    keys = [features.key(shard, sha256, False) for shard in index.of("train")]
    return features.joined([features.read(store.get(key)) for key in keys])


def model_of(database: Database, run_id: str) -> Any:
    with database.transaction() as cursor:
        cursor.execute("select metrics, files from models where id = %s", (run_id,))
        return cursor.fetchone()
