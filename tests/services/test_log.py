"""What an upload log promises, held by the Postgres table and by a real Kafka alike."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagehub.errors import Refused, Unavailable
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import LogConsumer, Position, Received, UploadLog
from imagehub.log.size import MAX_HEADERS_BYTES
from imagehub.messages import Message
from imagehub.vocabulary import MAX_PHOTO_BYTES

MEMBER_TIMEOUT_SECONDS = 3
OpenLog = Callable[[], UploadLog]


@pytest.fixture(params=["postgres", "kafka"])
def open_log(request: pytest.FixtureRequest, topic: str) -> Iterator[OpenLog]:
    """Open a fresh topic; every call is another program's view of it."""
    opened: list[UploadLog] = []

    def open_one() -> UploadLog:
        if request.param == "postgres":
            url = request.getfixturevalue("catalogue_url")
            log: UploadLog = PostgresLog(topic, url, MEMBER_TIMEOUT_SECONDS)
        else:
            server = request.getfixturevalue("kafka_server")
            log = KafkaLog(topic, [f"127.0.0.1:{server.port}"], MEMBER_TIMEOUT_SECONDS)
        opened.append(log)
        return log

    yield open_one
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log: OpenLog) -> UploadLog:
    return open_log()


def message(number: int = 0) -> Message:
    return Message(f"key-{number}", {"schema": "test"}, f"value {number}".encode())


def read(consumer: LogConsumer, count: int, within_seconds: float = 20) -> list[Received]:
    """Poll until so many messages came."""
    received: list[Received] = []
    deadline = time.monotonic() + within_seconds
    while len(received) < count and time.monotonic() < deadline:
        received += consumer.poll(count - len(received), timeout_seconds=0.5)
    assert len(received) == count
    return received


def keys(received: list[Received]) -> list[str]:
    return sorted(one.message.key for one in received)


def positions(received: list[Received]) -> list[Position]:
    return [one.position for one in received]


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
    for partition, count in Counter(one.position.partition for one in received).items():
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


def test_a_group_goes_on_where_it_committed(open_log: OpenLog) -> None:
    log = open_log()
    for number in range(6):
        log.append(message(number))
    first = log.consumer("g")
    done = read(first, 6)[:4]
    first.commit(positions(done))
    first.close()
    rest = read(open_log().consumer("g"), 2)
    assert keys(done + rest) == sorted(f"key-{n}" for n in range(6))


def test_what_was_not_committed_comes_again(log: UploadLog) -> None:
    log.append(message())
    first = log.consumer("g")
    read(first, 1)
    first.close()
    assert keys(read(log.consumer("g"), 1)) == ["key-0"]


def test_each_group_reads_everything(log: UploadLog) -> None:
    log.append(message())
    for group in ("g1", "g2"):
        consumer = log.consumer(group)
        consumer.commit(positions(read(consumer, 1)))
    assert (log.lag("g1"), log.lag("g2"), log.lag("g3")) == (0, 0, 1)


def test_lag_counts_what_a_group_has_not_committed(log: UploadLog) -> None:
    assert log.lag("g") == 0
    for number in range(5):
        log.append(message(number))
    assert log.lag("g") == 5
    consumer = log.consumer("g")
    received = read(consumer, 5)
    assert log.lag("g") == 5
    consumer.commit(positions(received))
    assert log.lag("g") == 0


def test_committing_nothing_changes_nothing(log: UploadLog) -> None:
    log.append(message())
    log.consumer("g").commit([])
    assert log.lag("g") == 1


def test_rewind_brings_every_message_again(log: UploadLog) -> None:
    for number in range(4):
        log.append(message(number))
    consumer = log.consumer("g")
    first = read(consumer, 4)
    consumer.commit(positions(first))
    consumer.rewind()
    assert log.lag("g") == 4
    assert sorted(positions(read(consumer, 4))) == sorted(positions(first))


def test_rewind_refuses_while_another_member_reads(log: UploadLog) -> None:
    log.append(message())
    reader = log.consumer("g")
    read(reader, 1)
    other = log.consumer("g")
    background = threading.Thread(target=read_on, args=(reader, stop := threading.Event()))
    background.start()
    try:
        with pytest.raises(Unavailable, match="Another consumer"):
            other.rewind()
    finally:
        stop.set()
        background.join()


def test_two_members_share_the_work_and_each_message_comes_to_one(open_log: OpenLog) -> None:
    log = open_log()
    got: list[Received] = []
    lock, stop = threading.Lock(), threading.Event()

    def work(consumer: LogConsumer) -> None:
        while not stop.is_set():
            try:
                batch = consumer.poll(5, timeout_seconds=0.2)
                consumer.commit(positions(list(batch)))
            except Unavailable:
                continue
            with lock:
                got.extend(batch)
        consumer.close()

    members = [threading.Thread(target=work, args=(open_log().consumer("g"),)) for _ in range(2)]
    for member in members:
        member.start()
    time.sleep(2)  # the group settles: messages may come twice while it does not
    for number in range(60):
        log.append(message(number))
    wait_until(lambda: len(got) >= 60)
    stop.set()
    for member in members:
        member.join()
    assert keys(got) == sorted(f"key-{n}" for n in range(60))
    assert log.lag("g") == 0


def test_a_silent_member_is_replaced_and_its_late_commit_is_refused(open_log: OpenLog) -> None:
    log = open_log()
    for number in range(6):
        log.append(message(number))
    zombie = log.consumer("g")
    unhandled = read(zombie, 6)
    heir = open_log().consumer("g")
    inherited = read(heir, 6, within_seconds=30)
    assert keys(inherited) == keys(unhandled)
    heir.commit(positions(inherited)[:3])
    before = log.lag("g")
    with pytest.raises(Unavailable):
        zombie.commit(positions(unhandled))
    assert log.lag("g") == before


def test_after_a_refused_commit_reading_begins_at_what_is_committed(open_log: OpenLog) -> None:
    log = open_log()
    for number in range(6):
        log.append(message(number))
    zombie = log.consumer("g")
    unhandled = read(zombie, 6)
    heir = open_log().consumer("g")
    read(heir, 6, within_seconds=30)
    with pytest.raises(Unavailable):
        zombie.commit(positions(unhandled))
    heir.close()
    assert keys(read(zombie, 6)) == keys(unhandled)


def test_a_member_that_leaves_is_replaced_at_once(open_log: OpenLog) -> None:
    log = open_log()
    log.append(message())
    first, second = log.consumer("g"), open_log().consumer("g")
    read(first, 1)
    first.close()
    began = time.monotonic()
    assert keys(read(second, 1)) == ["key-0"]
    assert time.monotonic() - began < 2.5


def test_closing_twice_is_no_error(log: UploadLog) -> None:
    log.append(message())
    consumer = log.consumer("g")
    read(consumer, 1)
    consumer.close()
    consumer.close()
    log.close()
    log.close()


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
    for one in batch:
        log.append(one)
    consumer = log.consumer("g")
    received = read(consumer, len(batch))
    consumer.commit(positions(received))
    consumer.close()
    assert sorted(map(as_text, (one.message for one in received))) == sorted(map(as_text, batch))


def as_text(one: Message) -> str:
    return json.dumps([one.key, sorted(one.headers.items()), one.value.hex()])


def read_on(consumer: LogConsumer, stop: threading.Event) -> None:
    while not stop.is_set():
        consumer.poll(1, timeout_seconds=0.2)


def wait_until(true: Callable[[], bool], within_seconds: float = 30) -> None:
    deadline = time.monotonic() + within_seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
