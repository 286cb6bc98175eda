"""Appends of several threads are written together, and each learns what became of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest

from imagehub.errors import Unavailable
from imagehub.log.group_commit import MAX_TOGETHER_BYTES, GroupCommit
from imagehub.messages import Message

PATIENCE_SECONDS = 10


class Writer:
    """Notes what it is given; the first write waits until it is let go."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.turns: list[list[str]] = []
        self.began = threading.Event()
        self.let_go = threading.Event()
        self._failure = failure

    def write(self, messages: Sequence[Message]) -> None:
        self.turns.append([message.key for message in messages])
        if len(self.turns) == 1:
            self.began.set()
            assert self.let_go.wait(PATIENCE_SECONDS)
        elif self._failure:
            raise self._failure


def appended(writer: Writer, count: int, value: bytes = b"") -> list[Future[None]]:
    """One message is being written when the others come; how each append ended."""
    together = GroupCommit(writer.write)
    with ThreadPoolExecutor(count) as threads:
        ends = [threads.submit(together.append, Message("0", {}, value))]
        assert writer.began.wait(PATIENCE_SECONDS)
        ends += [
            threads.submit(together.append, Message(str(n), {}, value)) for n in range(1, count)
        ]
        wait_until_queued(together, count - 1)
        writer.let_go.set()
        wait(ends, PATIENCE_SECONDS)
    return ends


def wait_until_queued(together: GroupCommit, count: int) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 100):
        if len(together._queue) == count:
            return
        pause.wait(0.01)
    raise AssertionError("not all have come")


def test_what_comes_during_a_write_is_written_next_as_one() -> None:
    writer = Writer()
    ends = appended(writer, 5)
    assert [end.exception() for end in ends] == [None] * 5
    assert [sorted(turn) for turn in writer.turns] == [["0"], ["1", "2", "3", "4"]]


def test_large_messages_wait_for_a_turn_of_their_own() -> None:
    writer = Writer()
    appended(writer, 5, bytes(MAX_TOGETHER_BYTES // 2))
    assert sorted(len(turn) for turn in writer.turns) == [1, 2, 2]
    assert sorted(key for turn in writer.turns for key in turn) == ["0", "1", "2", "3", "4"]


def test_a_write_that_failed_failed_for_all_its_messages_and_no_other() -> None:
    ends = appended(Writer(Unavailable("The log is down.")), 4)
    assert ends[0].exception() is None
    for end in ends[1:]:
        with pytest.raises(Unavailable, match="The log is down"):
            end.result()


def test_a_fault_in_a_write_leaves_nobody_waiting() -> None:
    ends = appended(Writer(ZeroDivisionError()), 4)
    faults = sorted(type(end.exception()).__name__ for end in ends[1:])
    assert faults == ["Unavailable", "Unavailable", "ZeroDivisionError"]
