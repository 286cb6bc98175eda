"""Ingestion killed at every point of the way leaves what an undisturbed run leaves."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from imagehub.photo import LandedPhoto, land
from ingestion.consumer import GROUP
from ingestion.failpoints import NAMES, Failpoints
from tests.servers.kafka import Kafka
from tests.services.deaths import OneDeathEach, WatchedLog, deaths, remove_dead_members
from tests.services.landing import SmallHub, a_mixed_load, in_a_process, small

MESSAGES = 50
KILLED = -signal.SIGKILL


def test_a_point_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="known are after_take"):
        Failpoints.parse("nowhere:1")


def test_killed_at_every_point_for_every_message_the_result_is_the_same(
    small_hub: SmallHub, tmp_path: Path
) -> None:
    load = a_mixed_load(small_hub, MESSAGES)
    small_hub.send(*load)
    small_hub.land_all()
    rows, objects = small_hub.result(), small_hub.objects()
    for point in NAMES:
        small_hub.start_over(f"killed-{point}", tmp_path / point)
        small_hub.send(*load)
        deaths, nth = 0, 1
        while (status := small_hub.land_in_a_process(Failpoints(point, nth))) == KILLED:
            deaths += 1
            nth = 2  # the message it died with passes; the next one dies
            assert deaths <= MESSAGES
        assert status == 0
        assert deaths >= (MESSAGES if point in ("after_take", "before_offset") else 25)
        assert small_hub.result() == rows, point
        assert small_hub.objects() == objects, point
        assert len(small_hub.dead_letters()) == len(rows["dead_letters"])


def test_killed_in_the_middle_of_batches_the_result_is_the_same(
    small_hub: SmallHub, tmp_path: Path
) -> None:
    load = a_mixed_load(small_hub, MESSAGES)
    small_hub.send(*load)
    small_hub.land_all()
    rows, objects = small_hub.result(), small_hub.objects()
    small_hub.start_over("killed", tmp_path / "killed")
    small_hub.send(*load)
    deaths = 0
    for point in cycle(NAMES):
        if small_hub.land_in_a_process(Failpoints(point, nth=4), batch_messages=8) == 0:
            break
        deaths += 1
        assert deaths <= MESSAGES
    assert deaths > 5
    assert (small_hub.result(), small_hub.objects()) == (rows, objects)


@pytest.mark.parametrize("first_point", range(len(NAMES)), ids=NAMES)
def test_killed_on_kafka_for_every_message_the_result_is_the_same(
    small_hub: SmallHub, kafka_server: Kafka, topic: str, tmp_path: Path, first_point: int
) -> None:
    """Each message dies at one point; over the seven runs each dies at every point it passes."""
    load = a_mixed_load(small_hub, MESSAGES)
    small_hub.send(*load)
    small_hub.land_all()
    unordered = ("first_upload_id", "partition", "offset", "image_id", "handled", "dead")
    rows, objects = small_hub.result(*unordered, "consecutive_dead"), small_hub.objects()
    small_hub.start_over(topic, tmp_path / "killed")
    small_hub.kafka = server = f"127.0.0.1:{kafka_server.port}"
    small_hub.send(*load)
    points = cycle(NAMES[first_point:] + NAMES[:first_point])
    plan = {message.key: point for message, point in zip(load, points, strict=False)}
    notes = tmp_path / "deaths"
    notes.touch()

    def live() -> None:
        remove_dead_members(server, GROUP)
        failpoints = OneDeathEach(plan, notes)
        pipeline = small_hub.pipeline(failpoints=failpoints)
        small_hub.land_all(
            replace(pipeline, log=WatchedLog(pipeline.log, failpoints)), batch_messages=1
        )

    statuses = [in_a_process(live) for _ in load]
    assert statuses == [KILLED] * MESSAGES
    assert in_a_process(live) == 0
    assert deaths(notes).keys() == plan.keys()
    assert min(Counter(deaths(notes).values())[point] for point in NAMES) >= 3
    found = small_hub.result(*unordered, "consecutive_dead")
    del rows["ingestion_lines"], found["ingestion_lines"]  # one row for each partition
    assert found == rows
    assert small_hub.objects() == objects
    assert len(small_hub.dead_letters()) == len(rows["dead_letters"])


def test_a_message_that_kills_its_process_three_times_is_set_aside_and_costs_no_other(
    small_hub: SmallHub,
) -> None:
    poison = small(3)

    def decode(photo: bytes) -> LandedPhoto:
        if photo == poison:
            os.kill(os.getpid(), signal.SIGKILL)
        return land(photo)

    small_hub.send(*[small_hub.message(small(number)) for number in range(10)])
    statuses = [small_hub.land_in_a_process(Failpoints(), 8, decode) for _ in range(4)]
    assert statuses == [KILLED, KILLED, KILLED, 0]
    (letter,) = small_hub.dead_letters()
    assert letter.headers["reason-code"] == "killed_its_process"
    assert letter.value == poison
    landed = [row for row in small_hub.rows("uploads") if row["state"] == "landed"]
    assert len(landed) == 9
    assert small_hub.rows("ingestion_attempts") == []
