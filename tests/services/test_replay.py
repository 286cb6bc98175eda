"""What was set aside lands when an operator has it tried again."""

from __future__ import annotations

from uuid import UUID

import pytest

from imagehub.catalogue.uploads import dead_letters
from imagehub.messages import Message
from ingestion.replay import replay
from tests.services.landing import SmallHub, counts, small


@pytest.fixture(params=["postgres", "kafka"])
def hub(request: pytest.FixtureRequest, small_hub: SmallHub, topic: str) -> SmallHub:
    """The small hub on each kind of upload log."""
    if request.param == "kafka":
        server = request.getfixturevalue("kafka_server")
        small_hub.topic, small_hub.kafka = topic, f"127.0.0.1:{server.port}"
    return small_hub


def replay_all(hub: SmallHub) -> int:
    pipeline = hub.pipeline()
    count = replay(pipeline.database, pipeline.log, pipeline.dead_letters)
    pipeline.log.close()
    pipeline.dead_letters.close()
    return count


def test_an_upload_lands_once_its_cause_is_gone_and_the_rest_is_set_aside_again(
    hub: SmallHub,
) -> None:
    stranger = UUID(int=7)
    early = hub.message(small(1), account_id=stranger)
    broken = Message("broken", {"schema": "strange"}, b"?")
    hub.send(early, broken, hub.message(small(2)))
    hub.land_all()
    assert counts(hub)["landed"] == 1
    with hub.database.transaction() as cursor:
        cursor.execute(
            "insert into accounts (id, name, roles) values (%s, 'late', '{}')", (str(stranger),)
        )

    assert replay_all(hub) == 2
    hub.land_all()

    (landed,) = [row for row in hub.rows("uploads") if row["id"] == early.key]
    assert (landed["state"], landed["account_id"]) == ("landed", str(stranger))
    with hub.database.transaction() as cursor:
        (again,) = dead_letters.not_replayed(cursor, hub.topic)
    letters = hub.dead_letters()
    assert [letter.key for letter in letters].count("broken") == 2
    assert {letter.value for letter in letters} == {small(1), b"?"}
    assert str(again.offset) in {letter.headers["origin-offset"] for letter in letters}


def test_what_was_replayed_is_not_replayed_again(small_hub: SmallHub) -> None:
    small_hub.send(small_hub.message(small(1), account_id=UUID(int=7)))
    small_hub.land_all()
    assert replay_all(small_hub) == 1
    assert replay_all(small_hub) == 0
