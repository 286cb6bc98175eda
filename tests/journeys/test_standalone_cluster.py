"""A session on a standalone Spark master, as a real cluster has one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark
import pytest

from imagehub.settings import Settings
from tests.spark.programs import ROOT, wait_for
from training.session import EXECUTORS_WITHIN_SECONDS, SHORT_LIVED

TRAINING = """
import json
import time
from imagehub.settings import Settings
from training import session
began_at = time.monotonic()
cluster = session.start(Settings.from_environment(), "r1", {})
seconds = time.monotonic() - began_at
print(json.dumps([cluster.executors, cluster.cores, seconds]), flush=True)
cluster.stop()
"""
LOOPBACK = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "127.0.0.1"}


@contextmanager
def program(command: Sequence[str], environment: dict[str, str], folder: Path) -> Iterator[Path]:
    """Run a program until the block ends; answer where it prints."""
    printed = folder / f"{len(list(folder.iterdir()))}.out"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=output
        )
        try:
            yield printed
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def master(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """A master with one worker of two cores; its address."""
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        **LOOPBACK,
        "SPARK_HOME": str(home),
        "SPARK_WORKER_DIR": str(tmp_path / "work"),
        "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED,
    }
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    loopback = ("--host", "127.0.0.1", "--webui-port", "0")
    commands = (
        (f"{deploy}.master.Master", *loopback, "--port", str(port)),
        (f"{deploy}.worker.Worker", *loopback, "--cores", "2", "--memory", "2g", address),
    )
    with ExitStack() as stack:
        for command in commands:
            started = program((str(home / "bin" / "spark-class"), *command), environment, tmp_path)
            printed = stack.enter_context(started)
        wait_for(lambda: "Successfully registered" in printed.read_text())
        yield address


@pytest.mark.timeout(600)
def test_training_begins_with_the_executors_that_come_and_leaves_cores_to_the_jobs(
    master: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, spark_master=master, spark_memory="512m", spark_cores=1)
    trained = subprocess.run(
        [sys.executable, "-c", TRAINING],
        env={**settings.for_child(), **LOOPBACK, "PYSPARK_PYTHON": sys.executable},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    executors, cores, seconds = json.loads(trained.stdout.splitlines()[-1])
    assert (executors, cores) == (1, 1)
    assert seconds < EXECUTORS_WITHIN_SECONDS, "it waited for executors that nobody asked for"
