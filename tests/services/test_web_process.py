"""`python -m webapp` as a process: what it says when it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.web_server import Web


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
