"""A hub in a process of its own, for as long as a program needs it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests

from deploy.local.child import dies_with_parent
from deploy.local.parts import portal_address
from deploy.local.preflight import free_port, only_hub, require_folder, require_port
from imagehub.errors import Misconfigured, Unavailable
from imagehub.settings import Settings

READY_SECONDS = 120.0
STOP_SECONDS = 20.0


def fresh_settings(settings: Settings, data: Path) -> Settings:
    """Settings of a new, empty hub in `data`: embedded, on the given port or else on a free one.

    What lay in `data` is removed; raises Conflict if a hub runs there.
    """
    require_folder(data)
    with only_hub(data):
        pass
    shutil.rmtree(data)
    port = settings.web_port
    try:
        require_port("127.0.0.1", port)
    except Misconfigured:
        port = free_port()
    return replace(
        settings,
        data=data,
        signing_key=data / "signing-key.pem",
        catalogue_url="",
        log_url="postgres:",
        storage_url="folder:",
        web_host="127.0.0.1",
        web_port=port,
        server=f"http://127.0.0.1:{port}",
    )


@contextmanager
def running_hub(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run `imagehub up` with these settings and wait until it is ready; stop it at the end.

    Raises Unavailable with what it said if it does not become ready.
    """
    require_folder(settings.data)
    log_file = settings.data / "logs" / "up.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.up"],
            env=settings.for_child(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
    try:
        _wait_until_ready(settings, process, log_file)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(settings: Settings, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            text = log.read_text(encoding="utf-8").strip()
            raise Unavailable(text or f"The hub did not become ready; see {log.parent}.")
        time.sleep(0.1)


def _is_ready(settings: Settings) -> bool:
    try:
        answer = requests.get(f"{portal_address(settings)}readyz", timeout=5)
    except requests.RequestException:
        return False
    return bool(answer.status_code == 200)
