"""What an upload log promises, held by the Postgres table and by a real Kafka alike."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagehub.errors import Refused
from imagehub.log.protocol import UploadLog
from imagehub.log.size import MAX_HEADERS_BYTES
from imagehub.messages import Message
from imagehub.vocabulary import MAX_PHOTO_BYTES
from tests.services.logs import keys, message, positions, read


def test_what_was_appended_is_read_as_it_was(log: UploadLog) -> None:
    sent = Message("clé", {"schema": "upload/1", "upload": '{"label": "naïve \\u0000"}'}, b"\0\xff")
    log.append(sent)
    (received,) = read(log.consumer("g"), 1)
    assert received.message == sent
    assert received.position.offset == 0


def test_an_empty_log_gives_nothing_when_the_time_is_up(log: UploadLog) -> None:
    consumer = log.consumer("g")
    consumer.poll(1, timeout_seconds=3)
    began = time.monotonic()
    assert list(consumer.poll(1, timeout_seconds=0.3)) == []
    assert 0.25 < time.monotonic() - began < 2


def test_a_waiting_consumer_gets_a_new_message_at_once(log: UploadLog) -> None:
    consumer = log.consumer("g")
    consumer.poll(1, timeout_seconds=3)
    threading.Timer(0.5, log.append, [message()]).start()
    began = time.monotonic()
    assert len(consumer.poll(1, timeout_seconds=10)) == 1
    assert time.monotonic() - began < 2


def test_offsets_count_up_from_zero_and_none_is_skipped_under_many_writers(log: UploadLog) -> None:
    with ThreadPoolExecutor(8) as writers:
        appended = writers.map(log.append, map(message, range(80)))
        received = read(log.consumer("g"), 80)  # while they write
        list(appended)
    assert keys(received) == sorted(f"key-{n}" for n in range(80))
    for partition, count in Counter(record.position.partition for record in received).items():
        offsets = [p.offset for p in positions(received) if p.partition == partition]
        assert offsets == list(range(count))


def test_no_more_messages_come_than_were_asked_for(log: UploadLog) -> None:
    for number in range(5):
        log.append(message(number))
    consumer = log.consumer("g")
    read(consumer, 1)
    assert len(consumer.poll(2, timeout_seconds=5)) in (1, 2)


def test_the_largest_photo_passes_and_a_larger_one_is_refused(log: UploadLog) -> None:
    largest = Message("k", {"h": "x" * (MAX_HEADERS_BYTES - 2)}, b"\xa5" * MAX_PHOTO_BYTES)
    log.append(largest)
    (received,) = read(log.consumer("g"), 1)
    assert received.message == largest
    with pytest.raises(Refused, match="bytes"):
        log.append(Message("k", {}, largest.value + b"x"))
    with pytest.raises(Refused, match="bytes"):
        log.append(Message("k", {"h": "x" * MAX_HEADERS_BYTES}, b""))


def test_three_of_the_largest_come_one_after_the_other(log: UploadLog) -> None:
    for number in range(3):
        log.append(Message(f"key-{number}", {}, bytes([number]) * MAX_PHOTO_BYTES))
    assert keys(read(log.consumer("g"), 3)) == ["key-0", "key-1", "key-2"]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    batch=st.lists(
        st.builds(
            Message,
            key=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
            headers=st.dictionaries(
                st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
                st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200),
                max_size=4,
            ),
            value=st.binary(max_size=2000),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_messages_come_back_as_they_went_in(log: UploadLog, batch: list[Message]) -> None:
    # The topic is one for all examples: each reads on where the one before committed.
    for item in batch:
        log.append(item)
    consumer = log.consumer("g")
    received = read(consumer, len(batch))
    consumer.commit(positions(received))
    consumer.close()
    assert sorted(map(as_text, (record.message for record in received))) == sorted(
        map(as_text, batch)
    )


def as_text(one: Message) -> str:
    return json.dumps([one.key, sorted(one.headers.items()), one.value.hex()])
