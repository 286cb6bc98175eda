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
STOP_PATIENCE_SECONDS = 5.0
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
    """Keeps parts running. Use it from the main thread only: children are tied to it."""

    def __init__(self, place: PartsEnvironment, say: Callable[[str], None]) -> None:
        self._place = place
        self._say = say
        self._kept: list[SupervisedProcess] = []

    def start(self, parts: Sequence[Part]) -> None:
        """Start the parts in order and return when all are ready; raise Unavailable if not.

        A part that at once waits for a person, or rests, holds nobody up.
        """
        self._place.log("any").parent.mkdir(parents=True, exist_ok=True)
        fresh = [SupervisedProcess(part, self._launch(part), time.monotonic()) for part in parts]
        self._kept += fresh
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        for kept in fresh:
            while not kept.is_down and not _is_ready(kept):
                if time.monotonic() > deadline:
                    raise Unavailable(self._sentence(kept.part, "is not ready after a minute"))
                self.watch()
                time.sleep(0.1)

    def watch(self) -> None:
        """Look at every part once and restart what died, with a growing pause after quick deaths.

        After many of them a part rests for long; raises Unavailable where the hub needs the part.
        """
        for kept in self._kept:
            self._watch_one(kept)
            _rotate(self._place.log(kept.part.name))

    def processes(self) -> dict[str, int]:
        """The process id of each part."""
        return {kept.part.name: kept.process.pid for kept in self._kept}

    def stop(self) -> None:
        """Stop the parts: the programs together, then the services that they use."""
        programs = [kept for kept in self._kept if not kept.part.is_service]
        services = [kept for kept in self._kept if kept.part.is_service]
        for wave in (programs, services):
            for kept in wave:
                _signal_group(kept.process, kept.part.stop_signal)
            deadline = time.monotonic() + STOP_PATIENCE_SECONDS
            for kept in wave:
                try:
                    kept.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self._say(f"{kept.part.name} does not stop; killing it.")
                _signal_group(kept.process, signal.SIGKILL)
                kept.process.wait()
        self._kept.clear()

    def _launch(self, part: Part) -> subprocess.Popen[bytes]:
        part.before_start()
        return start(
            Launch(
                command=part.command,
                environment=self._place.environment,
                log=self._place.log(part.name),
                cwd=part.cwd,
                user=part.user,
                stop_signal=part.stop_signal,
            ),
            self._place.mark,
        )

    def _watch_one(self, kept: SupervisedProcess) -> None:
        code = kept.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if kept.restart_at is None:
            if not kept.is_down:
                self._take_down(kept, code, now)
        elif now >= kept.restart_at:
            kept.process = self._launch(kept.part)
            kept.started_at, kept.restart_at, kept.is_down = now, None, False

    def _take_down(self, kept: SupervisedProcess, code: int, now: float) -> None:
        """Decide what becomes of a part that has just died."""
        if code in kept.part.stays_down_after:
            kept.is_down = True
            self._say(self._sentence(kept.part, "has stopped and waits for a person"))
            return
        _signal_group(kept.process, signal.SIGKILL)  # what it started must not go on alone
        lived_seconds = now - kept.started_at
        kept.quick_deaths = kept.quick_deaths + 1 if lived_seconds < QUICK_DEATH_SECONDS else 1
        if kept.quick_deaths > MAX_QUICK_DEATHS:
            self._rest(kept, now)
            return
        pause = backoff_seconds(kept.quick_deaths, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        kept.restart_at = now + pause
        self._say(f"{kept.part.name} ended ({_cause(code)}); starting it again.")

    def _rest(self, kept: SupervisedProcess, now: float) -> None:
        sentence = self._sentence(kept.part, f"died {kept.quick_deaths} times")
        if kept.part.is_service or kept.part.is_needed:
            raise Unavailable(sentence)
        kept.is_down, kept.restart_at = True, now + REST_SECONDS
        self._say(
            f"{sentence} The hub goes on without it and tries it again every"
            f" {REST_SECONDS / 60:.0f} minutes."
        )

    def _sentence(self, part: Part, trouble: str) -> str:
        log = self._place.log(part.name)
        lines = [line for line in _tail(log).splitlines() if line.strip()]
        last = f" Its last words: {lines[-1].strip()}" if lines else ""
        return f"The part {part.name!r} {trouble}. Read {log}.{last}"


def _is_ready(kept: SupervisedProcess) -> bool:
    return kept.process.poll() is None and kept.part.is_ready()


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
