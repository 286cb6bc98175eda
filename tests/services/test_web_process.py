"""`python -m webapp` as a process: what it says when it cannot start."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.web_server import Web, running_web


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"IMAGEHUB_WEB_PORT": "{taken}"}, "IMAGEHUB_WEB_PORT"),
        ({"IMAGEHUB_WEB_HOST": "192.0.2.1"}, "IMAGEHUB_WEB_HOST"),
        ({"IMAGEHUB_WEB_PORT": "0"}, "IMAGEHUB_WEB_PORT='0' is wrong"),
        ({"IMAGEHUB_WEBPORT": "8000"}, "IMAGEHUB_WEBPORT is no setting"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_starts(
    web: Web, variables: dict[str, str], said: str
) -> None:
    taken = str(web.settings.web_port)
    ended = subprocess.run(
        [sys.executable, "-m", "webapp"],
        env={
            **os.environ,
            **{name: value.format(taken=taken) for name, value in variables.items()},
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_that_dies_is_replaced_and_none_outlives_the_first_process(
    web: Web, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    settings = dataclasses.replace(web.settings, web_port=free_port(), web_workers=1)
    with running_web(settings, tmp_path) as own:
        first = psutil.Process(own.process.pid)
        [worker] = first.children()
        worker.kill()
        worker.wait(timeout=10)
        assert own.get("/healthz").ok
        [successor] = first.children()
        first.kill()
        successor.wait(timeout=10)
