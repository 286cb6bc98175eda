"""`imagehub up` on a folder of its own: it keeps its parts alive, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from deploy.local.child import Mark, end_leftovers
from deploy.local.parts import can_train, hub_programs
from deploy.local.preflight import require_space
from imagehub.errors import Misconfigured
from imagehub.settings import Settings

READY_SECONDS = 90.0
PROGRAMS = hub_programs(can_train())
PARTS = {"postgres", *PROGRAMS}
CANNOT_START = 2


class Hub:
    """`imagehub up` as a person runs it."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "deploy.local.up", "--data", str(data)]
        self.process = subprocess.Popen(
            [*command, "--port", str(port)],
            env=Settings.from_environment({}).for_child() | {"IMAGEHUB_DATA": str(data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_listen_to_ctrl_c,
        )

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()[0]
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def part(self, name: str) -> psutil.Process | None:
        """The process of a part, found by its command line."""
        words = PROGRAMS.get(name, ("postgres",))
        for child in psutil.Process(self.process.pid).children():
            line = command_line(child)
            if f" -m {' '.join(words)}" in line or line.partition(" ")[0].endswith(words[0]):
                return child
        return None

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> tuple[int, str]:
        self.process.terminate()
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said


def _listen_to_ctrl_c() -> None:
    """Undo what a shell does to programs in the background, where the tests may run."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(holds: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


@pytest.fixture
def hub(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Hub]:
    tmp_path.chmod(0o755)
    hub = Hub(tmp_path / "hub", free_port())
    try:
        yield hub
    finally:
        hub.process.kill()
        hub.process.wait()
        end_leftovers(Mark(hub.data))


def command_line(process: psutil.Process) -> str:
    """The command of a process, empty if it has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie is one, too
        return ""


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def link_by_command(hub: Hub) -> str:
    """What `imagehub account link` prints in a terminal that knows the hub's folder only."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("imagehub")), "account", "link", "ana"],
        env=os.environ | {"IMAGEHUB_DATA": str(hub.data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def test_a_hub_starts_replaces_every_part_that_is_killed_and_stops_within_ten_seconds(
    hub: Hub,
) -> None:
    until(hub.is_ready)
    until(lambda: all(hub.part(name) for name in PARTS))
    before = {name: hub.part(name) for name in PARTS}
    for part in before.values():
        assert part is not None
        part.kill()

    def replaced(name: str) -> bool:
        now = hub.part(name)
        return now is not None and now != before[name]

    until(lambda: all(replaced(name) for name in PARTS))
    until(hub.is_ready)
    again = Hub(hub.data, hub.port)
    said, _ = again.process.communicate(timeout=60)
    assert again.process.returncode == CANNOT_START
    assert f"A hub runs in {hub.data} already (process {hub.process.pid})." in said

    notes = [hub.data / "catalogue.url", hub.data / "portal.url"]
    assert [note.stat().st_mode & 0o777 for note in notes] == [0o600, 0o600]
    assert link_by_command(hub).startswith(f"{hub.url}/sign-in/link?secret=")
    family = hub.family()
    started_at = time.monotonic()
    code, said = hub.stop()
    assert code == 0, said
    assert time.monotonic() - started_at < 15  # ten, and some for a busy machine
    assert f"The portal is at {hub.url}/" in said
    assert f"export IMAGEHUB_DATA={hub.data} IMAGEHUB_SERVER={hub.url}\n" in said
    link = re.search(r"Sign in as the first admin, once: (\S+/sign-in/link\?secret=\S{40,})", said)
    assert link
    assert link[1].startswith(hub.url)
    assert not any(lives(process) for process in family)
    assert not any(note.exists() for note in notes)
    for name in PARTS:
        assert (hub.data / "logs" / f"{name}.log").exists()


def test_a_hub_that_is_killed_leaves_nothing_running_and_starts_again(hub: Hub) -> None:
    until(hub.is_ready)
    until(lambda: all(hub.part(name) for name in PARTS))
    family = hub.family()
    hub.process.kill()
    hub.process.wait()
    until(lambda: not [process for process in family if lives(process)], seconds=20)

    second = Hub(hub.data, hub.port)
    try:
        until(second.is_ready)
    finally:
        second.process.send_signal(signal.SIGINT)
        said, _ = second.process.communicate(timeout=90)
    assert second.process.returncode == 0
    assert "first admin" not in said  # there is one already


def test_a_busy_port_is_named_and_nothing_is_left(hub: Hub, free_port: Callable[[], int]) -> None:
    hub.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second = Hub(hub.data, taken.getsockname()[1])
        said, _ = second.process.communicate(timeout=60)
    assert second.process.returncode == CANNOT_START
    assert f"cannot listen on 127.0.0.1:{second.port}" in said
    assert "--port" in said


BROKEN = {
    "a wrong setting": ({"IMAGEHUB_WEB_PORT": "eighty"}, "IMAGEHUB_WEB_PORT='eighty' is wrong"),
    "an unknown setting": ({"IMAGEHUB_COLOUR": "red"}, "IMAGEHUB_COLOUR is no setting"),
    "no Java": ({"JAVA_HOME": "/nonexistent"}, "Install Java 17 or newer"),
    "a missing network": ({"IMAGEHUB_EMBEDDING_NETWORK": "nonesuch"}, "nonesuch"),
    "a signing key of no use": ({"IMAGEHUB_SIGNING_KEY": "/dev/null"}, "key /dev/null cannot be"),
    "a folder that is a file": ({"IMAGEHUB_DATA": "/dev/null"}, "cannot write in /dev/null"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_keeps_a_hub_from_starting_is_said_in_a_sentence(
    name: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    broken, expected = BROKEN[name]
    given = {"IMAGEHUB_DATA": str(tmp_path / "hub"), "IMAGEHUB_WEB_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.up"],
        env=os.environ | given | broken,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == CANNOT_START, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"The disk of .* is full: .* Make room"):
        require_space(tmp_path, needed_bytes=10**18)
