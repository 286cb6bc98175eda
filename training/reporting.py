"""How the processes of a run tell the catalogue how far they are, without ever waiting for it.

A thread writes what the training loop leaves behind, so that a catalogue that is away for a while
costs no step. A sign of life is written only if the loop has given one since: a loop that hangs
falls silent, although its process lives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.training import training_progress, training_runs
from imagehub.catalogue.training.training_progress import CurveStep, Epoch
from imagehub.errors import Unavailable

EVERY_SECONDS = 1.0
LAST_WORDS_SECONDS = 20.0
"""So long a process that is done waits for a catalogue that is away."""

log = logging.getLogger(__name__)

Write = Callable[[Cursor], object]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a run."""

    run_id: str
    number: int


class Reporter:
    """What one process says of an attempt; use it as a context, from one thread.

    It gives signs of life by itself until the process first does, for `starting_seconds` at most:
    to import TensorFlow and to build a graph may take a busy machine a minute.
    """

    def __init__(
        self, database: Database, attempt: Attempt, party: str, starting_seconds: float = 0.0
    ) -> None:
        self._database = database
        self._attempt = attempt
        self._party = party
        self._lock = threading.Lock()
        self._waiting: deque[Write] = deque()
        self._progress: Write | None = None
        self._alive = True
        self._starting_until = time.monotonic() + starting_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="reporter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            run, number, party = self._attempt.run_id, self._attempt.number, self._party
            self._say(lambda cursor: training_progress.left(cursor, run, number, party))
        self._ending.set()
        self._thread.join(LAST_WORDS_SECONDS)

    def beat(self) -> None:
        """The process gets on."""
        self._alive, self._starting_until = True, 0.0

    def progress(self, done: int, photos_per_second: float | None = None) -> None:
        """So many photos or steps of this state are done; only the last word counts."""
        run, number = self._attempt.run_id, self._attempt.number
        self.beat()
        with self._lock:
            self._progress = lambda cursor: training_runs.report(
                cursor, run, number, done, photos_per_second
            )

    def step(self, found: CurveStep) -> None:
        """A point of the curves."""
        run = self._attempt.run_id
        self._say(lambda cursor: training_progress.add_step(cursor, run, found))

    def epoch(self, found: Epoch) -> None:
        """An epoch's end at this worker."""
        run, number = self._attempt.run_id, self._attempt.number
        self._say(lambda cursor: training_progress.add_epoch(cursor, run, number, found))

    def checkpoint(self, epochs: int) -> None:
        """So many epochs are safe."""
        run, number = self._attempt.run_id, self._attempt.number
        self._say(lambda cursor: training_runs.epoch_done(cursor, run, number, epochs))

    def note(self, text: str) -> None:
        """A line for people."""
        run = self._attempt.run_id
        log.info("%s: %s", run, text)
        self._say(lambda cursor: training_progress.note(cursor, run, text))

    def _say(self, write: Write) -> None:
        self._alive = True
        with self._lock:
            self._waiting.append(write)

    def _write_on(self) -> None:
        deadline = None
        while True:
            ending = self._ending.wait(EVERY_SECONDS)
            if ending and deadline is None:
                deadline = time.monotonic() + LAST_WORDS_SECONDS
            written = self._write_once()
            if ending and (written or (deadline and time.monotonic() > deadline)):
                break
            if ending:
                time.sleep(EVERY_SECONDS)
        self._database.close()

    def _write_once(self) -> bool:
        """Write all that waits in one transaction; False if the catalogue is away."""
        with self._lock:
            writes = [*self._waiting, *([self._progress] if self._progress else [])]
            taken, progress, alive = len(self._waiting), self._progress, self._alive
        if not writes and not alive and time.monotonic() > self._starting_until:
            return True
        self._alive = False
        run, number = self._attempt.run_id, self._attempt.number
        try:
            with self._database.transaction() as cursor:
                training_progress.seen(cursor, run, number, self._party)
                for write in writes:
                    write(cursor)
        except Unavailable as error:
            log.warning("%s: %s", self._party, error)
            self._alive = True
            return False
        with self._lock:
            for _ in range(taken):
                self._waiting.popleft()
            if self._progress is progress:
                self._progress = None
        return True


@contextmanager
def beating(report: Reporter, at_most_seconds: float) -> Iterator[None]:
    """Give signs of life while something else is waited for, but not for ever."""
    done = threading.Event()

    def beat() -> None:
        for _ in range(int(at_most_seconds)):
            if done.wait(1.0):
                return
            report.beat()

    threading.Thread(target=beat, name="beating", daemon=True).start()
    try:
        yield
    finally:
        done.set()
