"""What an upload log promises to groups of consumers, held by both logs alike."""

from __future__ import annotations

import threading
import time

import pytest

from imagehub.errors import Unavailable
from imagehub.log.protocol import LogConsumer, Received, UploadLog
from tests.services.logs import OpenLog, keys, message, positions, read, wait_until


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


def read_on(consumer: LogConsumer, stop: threading.Event) -> None:
    while not stop.is_set():
        consumer.poll(1, timeout_seconds=0.2)
