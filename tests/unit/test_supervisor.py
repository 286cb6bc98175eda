"""The supervisor and its children, tried on small programs of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import supervisor as supervisor_module
from deploy.local.child import Launch, Mark, end_leftovers, start
from deploy.local.parts import Part
from deploy.local.preflight import require_folder
from deploy.local.supervisor import PartsEnvironment, Supervisor
from imagehub.errors import Unavailable

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True); time.sleep(600)",
)
PARENT_OF_ESCAPEE = (
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "subprocess.Popen(['sleep', '600'], start_new_session=True); time.sleep(600)",
)
HUB = """
import sys, time
from pathlib import Path
from deploy.local.parts import Part
from deploy.local.preflight import require_folder
from deploy.local.supervisor import PartsEnvironment, Supervisor
supervisor = Supervisor(PartsEnvironment(Path(sys.argv[1]), {{}}), say=print)
supervisor.start([Part("escapee", {command!r}), Part("sleeper", {sleeper!r})])
print("ready", flush=True)
while True:
    supervisor.watch()
    time.sleep(0.05)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[PartsEnvironment]:
    environment = PartsEnvironment(tmp_path, {"PATH": "/usr/bin:/bin"})
    yield environment
    end_leftovers(environment.mark, timeout_seconds=0)


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_a_part_that_is_killed_starts_again(environment: PartsEnvironment) -> None:
    said: list[str] = []
    supervisor = Supervisor(environment, said.append)
    supervisor.start([Part("sleeper", SLEEPER)])
    first = supervisor.processes()["sleeper"]
    os.kill(first, signal.SIGKILL)

    def restarted() -> bool:
        supervisor.watch()
        return supervisor.processes()["sleeper"] != first

    until(restarted)
    assert psutil.pid_exists(supervisor.processes()["sleeper"])
    assert said == ["sleeper ended (SIGKILL); starting it again."]
    supervisor.stop()


def test_a_needed_part_that_cannot_live_is_given_up_with_its_last_words(
    environment: PartsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_PAUSE_SECONDS", 0.001)
    supervisor = Supervisor(environment, lambda _line: None)
    broken = Part(
        "broken",
        ("sh", "-c", "echo the sky fell; exit 3"),
        is_ready=lambda: False,
        is_needed=True,
    )
    with pytest.raises(Unavailable) as given_up:
        supervisor.start([broken])
    assert "'broken' died 7 times" in str(given_up.value)
    assert "the sky fell" in str(given_up.value)
    supervisor.stop()


def test_a_part_that_the_hub_can_do_without_rests_after_many_deaths_and_is_tried_again(
    environment: PartsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(supervisor_module, "REST_SECONDS", 0.5)
    said: list[str] = []
    supervisor = Supervisor(environment, said.append)
    broken = Part("broken", ("sh", "-c", "echo the sky fell; exit 3"), is_ready=lambda: False)
    supervisor.start([Part("sleeper", SLEEPER), broken])
    assert "'broken' died 7 times" in said[-1]
    assert "the sky fell" in said[-1]
    tried = supervisor.processes()["broken"]

    def tried_again() -> bool:
        supervisor.watch()
        return supervisor.processes()["broken"] != tried and "died 8 times" in said[-1]

    until(tried_again)
    assert psutil.pid_exists(supervisor.processes()["sleeper"])
    supervisor.stop()


def test_a_part_that_asks_for_a_person_stays_down_and_the_others_go_on(
    environment: PartsEnvironment,
) -> None:
    said: list[str] = []
    supervisor = Supervisor(environment, said.append)
    flooded = Part(
        "flooded", ("sh", "-c", "echo too many; exit 3"), stays_down_after=frozenset({3})
    )
    supervisor.start([Part("sleeper", SLEEPER), flooded])
    until(lambda: bool(supervisor.watch() or said))
    time.sleep(0.5)
    supervisor.watch()
    assert len(said) == 1
    assert "'flooded' has stopped and waits for a person" in said[0]
    assert "too many" in said[0]
    assert psutil.pid_exists(supervisor.processes()["sleeper"])
    supervisor.stop()


def test_stopping_ends_even_a_part_that_does_not_listen(
    environment: PartsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_TIMEOUT_SECONDS", 0.3)
    supervisor = Supervisor(environment, lambda _line: None)
    supervisor.start([Part("stubborn", STUBBORN), Part("sleeper", SLEEPER)])
    until(lambda: "deaf" in environment.log("stubborn").read_text())
    pids = supervisor.processes().values()
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_programs_stop_before_the_services_that_they_use(
    environment: PartsEnvironment, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    script = f"trap 'echo $0 >> {order}; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    supervisor = Supervisor(environment, lambda _line: None)
    service = Part("service", ("sh", "-c", script, "service"), is_service=True)
    supervisor.start([service])
    supervisor.start([Part("program", ("sh", "-c", script, "program"))])
    for name in ("service", "program"):
        until(lambda name=name: "up" in environment.log(name).read_text())  # type: ignore[misc]  # bound default
    supervisor.stop()
    assert order.read_text().split() == ["program", "service"]


def test_a_log_is_moved_aside_before_it_grows_without_bound(
    environment: PartsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "LOG_BYTES", 1000)
    loud = Part("loud", ("sh", "-c", "yes | head -c 5000; sleep 600"))
    supervisor = Supervisor(environment, lambda _line: None)
    supervisor.start([loud])
    log = environment.log("loud")
    until(lambda: log.stat().st_size == 5000)
    supervisor.watch()
    assert log.stat().st_size == 0
    assert log.with_suffix(".log.1").stat().st_size == 5000
    supervisor.stop()


def test_a_log_that_cannot_be_moved_aside_is_cut_all_the_same(
    environment: PartsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "LOG_BYTES", 1000)
    supervisor = Supervisor(environment, lambda _line: None)
    supervisor.start([Part("loud", ("sh", "-c", "yes | head -c 5000; sleep 600"))])
    log = environment.log("loud")
    log.with_suffix(".log.1").mkdir()  # no file can be written there, as on a full disk
    until(lambda: log.stat().st_size == 5000)
    supervisor.watch()
    assert log.stat().st_size == 0
    supervisor.stop()


def test_nothing_outlives_a_hub_that_is_killed_and_its_next_start(tmp_path: Path) -> None:
    script = HUB.format(command=PARENT_OF_ESCAPEE, sleeper=SLEEPER)
    hub = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert hub.stdout is not None
    assert hub.stdout.readline() == "ready\n"
    until(lambda: len(psutil.Process(hub.pid).children(recursive=True)) == 3)
    family = psutil.Process(hub.pid).children(recursive=True)
    hub.kill()
    hub.wait()
    hub.stdout.close()
    until(lambda: sum(_lives(process) for process in family) <= 1)

    assert end_leftovers(Mark(tmp_path)) == 1  # the one that ran away
    until(lambda: not any(_lives(process) for process in family))


def test_leftovers_of_another_hub_are_left_alone(
    tmp_path: Path, environment: PartsEnvironment
) -> None:
    supervisor = Supervisor(environment, lambda _line: None)
    supervisor.start([Part("sleeper", SLEEPER)])
    pid = supervisor.processes()["sleeper"]
    assert end_leftovers(Mark(tmp_path / "other")) == 0
    assert end_leftovers(Mark(tmp_path.parent)) == 0
    assert end_leftovers(Mark(tmp_path, "another run")) == 0
    assert psutil.pid_exists(pid)
    supervisor.stop()


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nobody_else_reads_a_hubs_folder_and_its_logs(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        data = tmp_path / "hub"
        require_folder(data)
        log = data / "logs" / "part.log"
        launch = Launch((sys.executable, "-c", ""), dict(os.environ), log, tmp_path)
        assert start(launch, Mark(data)).wait(30) == 0
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (data, log.parent, log)] == [
        0o700,
        0o700,
        0o600,
    ]
