"""What a run stands on: plain values only from TensorFlowOnSpark, executors, its checkpoint."""

from __future__ import annotations

import os
import pickle
import socket
import struct
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import processes
from training.cluster import _Server
from training.reasons import reason_in
from training.session import SETTLED_SECONDS, enough
from training.task import checkpoint_key, newest


class Evil:
    """What runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def ask(address: tuple[str, int], message: bytes) -> bytes:
    with socket.create_connection(address, timeout=5) as client:
        client.sendall(message)
        return client.recv(1024)


def test_the_reservation_server_answers_plain_values_and_hangs_up_on_everything_else() -> None:
    server = _Server(1)
    address = server.start()
    assert address[0] == "127.0.0.1"
    for bad in (Evil(), {"type": "REG", "data": Evil()}):
        data = pickle.dumps(bad)
        assert ask(address, struct.pack(">I", len(data)) + data) == b""
    assert ask(address, struct.pack(">I", 2**31)) == b""
    node = {"type": "REG", "data": {"executor_id": 0, "authkey": b"k", "addr": ("h", 1)}}
    data = pickle.dumps(node)
    assert ask(address, struct.pack(">I", len(data)) + data) != b""
    assert server.reservations.get() == [node["data"]]
    server.stop()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("An error occurred\n  at java\nRuntimeError: no data\n", "RuntimeError: no data"),
        (
            "Job aborted: ExecutorLostFailure (executor 1 exited)",
            "Job aborted: ExecutorLostFailure",
        ),
        (
            'org.apache.spark.SparkException: Job aborted\n  File "worker.py", line 50\n'
            "imagehub.errors.Refused: The network is missing.\n  at org.apache.spark.api",
            "The network is missing.",
        ),
        (
            "tensorflow.python.framework.errors_impl.UnavailableError: Graph execution error:",
            "a worker was lost",
        ),
        ("", "no words"),
    ],
)
def test_a_failure_of_spark_becomes_one_line(said: str, reason: str) -> None:
    assert reason_in(said).startswith(reason)


def test_ending_a_run_ends_all_that_carries_its_mark_and_nothing_else() -> None:
    nested = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c',"
        " 'import time; time.sleep(60)'], start_new_session=True); time.sleep(60)"
    )
    ours, others = (
        subprocess.Popen(
            [sys.executable, "-c", nested],
            env={**os.environ, processes.MARK: mark},
            start_new_session=True,
        )
        for mark in ("run-a", "run-ab")
    )
    deadline = time.monotonic() + 30
    while len(processes.alive("run-a")) < 2 or len(processes.alive("run-ab")) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert processes.end("run-a") >= 2
    ours.wait(timeout=10)
    assert processes.alive("run-a") == []
    assert others.poll() is None
    processes.end("run-ab")
    others.wait(timeout=10)


@pytest.mark.parametrize(
    ("there", "asked", "unchanged_seconds", "is_enough"),
    [
        (2, 2, 0.0, True),
        (1, 2, 100.0, False),
        (0, 0, 100.0, False),
        (1, 0, 0.0, False),
        (1, 0, SETTLED_SECONDS, True),
    ],
)
def test_a_run_begins_with_the_executors_asked_for_or_with_those_that_came(
    there: int, asked: int, unchanged_seconds: float, is_enough: bool
) -> None:
    assert enough(there, asked, unchanged_seconds) is is_enough


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 200)), min_size=1, unique=True))
def test_the_newest_checkpoint_has_most_epochs_and_then_the_latest_attempt(
    places: list[tuple[int, int]],
) -> None:
    epochs, attempt = max(places)
    keys = [checkpoint_key("run-1", *place) for place in places]
    assert newest(keys) == checkpoint_key("run-1", epochs, attempt)


def test_a_run_that_has_not_begun_has_no_newest_checkpoint() -> None:
    assert newest([]) is None
