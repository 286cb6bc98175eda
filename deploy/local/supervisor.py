"""Start parts, watch them, restart what dies, stop all of them."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.child import Launch, Mark, start
from deploy.local.parts import Part
from imagehub.backoff import backoff_seconds
from imagehub.errors import Unavailable

QUICK_DEATH_SECONDS = 20.0
"""A part that lived longer than this before it died had started well."""

MAX_QUICK_DEATHS = 6
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 8.0
REST_SECONDS = 300.0
"""A part that the hub can do without is left alone so long after many deaths, then tried once."""

READY_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 5.0
LOG_BYTES = 8 * 1024 * 1024
"""A part's log is moved aside at this size; one older piece is kept."""


@dataclass
class SupervisedProcess:
    """A part and its present process."""

    part: Part
    process: subprocess.Popen[bytes]
    started_at: float
    quick_deaths: int = 0
    restart_at: float | None = None
    is_down: bool = False


@dataclass(frozen=True)
class PartsEnvironment:
    """Where parts run: the hub's data folder and the environment that they get."""

    data: Path
    environment: dict[str, str]
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def mark(self) -> Mark:
        """What tells the processes of this run apart."""
        return Mark(self.data, self.run)

    def log(self, part: str) -> Path:
        """The file of what a part prints."""
        return self.data / "logs" / f"{part}.log"


class Supervisor:
    """Keeps parts running. Use it from the main thread only: children are tied to it.

    After more than `max_quick_deaths` in a row a part counts as unable to live.
    """

    def __init__(
        self,
        environment: PartsEnvironment,
        say: Callable[[str], None],
        max_quick_deaths: int = MAX_QUICK_DEATHS,
    ) -> None:
        self._environment = environment
        self._say = say
        self._max_quick_deaths = max_quick_deaths
        self._processes: list[SupervisedProcess] = []

    def start(self, parts: Sequence[Part]) -> None:
        """Start the parts in order and return when all are ready; raise Unavailable if not.

        A part that at once waits for a person, or rests, holds nobody up.
        """
        self._environment.log("any").parent.mkdir(parents=True, exist_ok=True)
        fresh = [SupervisedProcess(part, self._launch(part), time.monotonic()) for part in parts]
        self._processes += fresh
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        for supervised in fresh:
            while not supervised.is_down and not _is_ready(supervised):
                if time.monotonic() > deadline:
                    raise Unavailable(
                        self._sentence(supervised.part, "is not ready after a minute")
                    )
                self.watch()
                time.sleep(0.1)

    def watch(self) -> None:
        """Look at every part once and restart what died, with a growing pause after quick deaths.

        After many of them a part rests for long; raises Unavailable where the hub needs the part.
        """
        for supervised in self._processes:
            self._watch_one(supervised)
            _rotate(self._environment.log(supervised.part.name))

    def processes(self) -> dict[str, int]:
        """The process id of each part."""
        return {supervised.part.name: supervised.process.pid for supervised in self._processes}

    def stop(self) -> None:
        """Stop the parts: the programs together, then the services that they use."""
        programs = [supervised for supervised in self._processes if not supervised.part.is_service]
        services = [supervised for supervised in self._processes if supervised.part.is_service]
        for wave in (programs, services):
            for supervised in wave:
                _signal_group(supervised.process, supervised.part.stop_signal)
            deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
            for supervised in wave:
                try:
                    supervised.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self._say(f"{supervised.part.name} does not stop; killing it.")
                _signal_group(supervised.process, signal.SIGKILL)
                supervised.process.wait()
        self._processes.clear()

    def _launch(self, part: Part) -> subprocess.Popen[bytes]:
        part.before_start()
        return start(
            Launch(
                command=part.command,
                environment={**self._environment.environment, **part.environment},
                log=self._environment.log(part.name),
                cwd=part.cwd,
                user=part.user,
                stop_signal=part.stop_signal,
            ),
            self._environment.mark,
        )

    def _watch_one(self, supervised: SupervisedProcess) -> None:
        code = supervised.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if supervised.restart_at is None:
            if not supervised.is_down:
                self._take_down(supervised, code, now)
        elif now >= supervised.restart_at:
            supervised.process = self._launch(supervised.part)
            supervised.started_at, supervised.restart_at, supervised.is_down = now, None, False

    def _take_down(self, supervised: SupervisedProcess, code: int, now: float) -> None:
        """Decide what becomes of a part that has just died."""
        if code in supervised.part.stays_down_after:
            supervised.is_down = True
            self._say(self._sentence(supervised.part, "has stopped and waits for a person"))
            return
        _signal_group(supervised.process, signal.SIGKILL)  # what it started must not go on alone
        lived_seconds = now - supervised.started_at
        supervised.quick_deaths = (
            supervised.quick_deaths + 1 if lived_seconds < QUICK_DEATH_SECONDS else 1
        )
        if supervised.quick_deaths > self._max_quick_deaths:
            self._rest(supervised, now)
            return
        pause = backoff_seconds(supervised.quick_deaths, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        supervised.restart_at = now + pause
        self._say(f"{supervised.part.name} ended ({_cause(code)}); starting it again.")

    def _rest(self, supervised: SupervisedProcess, now: float) -> None:
        sentence = self._sentence(supervised.part, f"died {supervised.quick_deaths} times")
        if supervised.part.is_service or supervised.part.is_needed:
            raise Unavailable(sentence)
        supervised.is_down, supervised.restart_at = True, now + REST_SECONDS
        self._say(
            f"{sentence} The hub goes on without it and tries it again every"
            f" {REST_SECONDS / 60:.0f} minutes."
        )

    def _sentence(self, part: Part, trouble: str) -> str:
        log = self._environment.log(part.name)
        lines = [line for line in _tail(log).splitlines() if line.strip()]
        last = f" Its last words: {lines[-1].strip()}" if lines else ""
        return f"The part {part.name!r} {trouble}. Read {log}.{last}"


def _is_ready(supervised: SupervisedProcess) -> bool:
    return supervised.process.poll() is None and supervised.part.is_ready()


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # all gone, or only zombies left
        return


def _tail(log: Path, size_bytes: int = 4096) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size_bytes))
        return file.read().decode(errors="replace")


def _rotate(log: Path) -> None:
    """Bound a log while its writer holds it open: copy it aside, then cut it to nothing."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        with suppress(OSError):  # a full disk: better to lose old lines than the hub
            shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
