"""The trainer: takes queued runs, one at a time, and never lets one hang.

An attempt is a process of its own (training.attempt). It is ended, with all that it started, when
somebody cancels the run, when one of its processes has shown no progress for too long, when the
catalogue has been away for too long, or when the trainer itself is told to stop. What is cut short
goes on from its last checkpoint in a new attempt; after the last one the run has failed. Attempts
that the catalogue's absence or an orderly stop of the trainer ended are not counted.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.training import training_progress, training_runs, training_sweeps
from imagehub.catalogue.training.training_runs import RunState
from imagehub.errors import Unavailable
from imagehub.hub import open_store
from imagehub.settings import Settings
from training import processes, session, telling
from training.attempt import CANNOT_WORK
from training.last_words import keep_executors_lines, log_file, reason_file
from training.sweeping import sweep, sweep_checkpoints

TICK_SECONDS = 0.5
SWEEP_SECONDS = 10.0
MAX_ATTEMPTS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """How long, in seconds, what may be silent before it is taken for dead."""

    process: float = 45.0
    catalogue: float = 45.0
    trainer: float = 20.0
    """Another trainer's run is taken over after this; it gives signs of life twice a second."""


@dataclass(frozen=True, slots=True)
class AttemptEnding:
    """How an attempt ended: `again` if a new one may do better; `state` otherwise.

    An attempt that `is_excused` is not counted among the MAX_ATTEMPTS.
    """

    state: str
    reason: str | None = None
    again: bool = False
    is_excused: bool = False


STOPPED = AttemptEnding("failed", "The trainer was stopped.", again=True, is_excused=True)
CATALOGUE_AWAY = AttemptEnding(
    "failed", "The catalogue was away for too long.", again=True, is_excused=True
)


class Trainer:
    """One trainer. `stop` makes `serve` and `finish` return soon, and may be set by a signal.

    `attempt` is the program that does one attempt; it is given the run's id and the number.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        silence_limits: SilenceLimits | None = None,
        attempt: Sequence[str] = (sys.executable, "-m", "training.attempt"),
    ) -> None:
        self._settings = settings
        self._database = database
        self._silence_limits = silence_limits or SilenceLimits()
        self._attempt = attempt
        self._sweep_at = 0.0
        self.stop = threading.Event()

    def serve(self) -> None:
        """Train whatever is queued until told to stop."""
        self._until(lambda: False)

    def finish(self, run_id: str) -> RunState:
        """Train until this run has ended or the trainer gets a signal to stop; returns the run."""
        self._until(lambda: self._find(run_id).state in ("done", "failed", "cancelled"))
        return self._find(run_id)

    def _until(self, done: Callable[[], bool]) -> None:
        while not self.stop.is_set():
            try:
                if done():
                    return
                self._end_what_is_not_wanted()
                self._sweep()
                run = self._take()
                if run is not None:
                    self._hold(run)
            except Unavailable as error:
                log.warning("%s", error)
            self.stop.wait(TICK_SECONDS)

    def _find(self, run_id: str) -> RunState:
        with self._database.transaction() as cursor:
            found = training_runs.find(cursor, run_id)
        if found is None:
            raise LookupError(run_id)
        return found

    def _end_what_is_not_wanted(self) -> None:
        """Close queued runs that were cancelled, and runs whose trainer is gone."""
        with self._database.transaction() as cursor:
            training_runs.trainer_seen(cursor)
            training_runs.queue_requests(cursor)
            _cancel_queued(cursor)
            left = training_runs.abandoned(cursor, self._silence_limits.trainer)
        for run in left:
            processes.end(run.id)
            ending = AttemptEnding("failed", "The trainer stopped without a word.", again=True)
            self._tidy(run, ending)
            self._settle(run, ending)

    def _sweep(self) -> None:
        """Remove unneeded objects of training from the store, while no run reads them."""
        if time.monotonic() < self._sweep_at:
            return
        with self._database.transaction() as cursor:
            training_runs.lock(cursor)
            if training_runs.any_held(cursor):
                return
            store = open_store(self._settings)
            sweep_checkpoints(store, cursor)
            for release in training_sweeps.due(cursor):
                sweep(store, release)
                telling.photos_withdrawn(cursor, release.release_id)
                training_sweeps.mark(cursor, release)
        self._sweep_at = time.monotonic() + SWEEP_SECONDS

    def _take(self) -> RunState | None:
        with self._database.transaction() as cursor:
            training_runs.lock(cursor)
            if training_runs.any_held(cursor):
                return None
            run = training_runs.next_queued(cursor)
            if run is None:
                return None
            training_runs.begin(cursor, run.id)
            return training_runs.find(cursor, run.id)

    def _hold(self, run: RunState) -> None:
        """See one attempt through; nothing of it is left behind, however it ends."""
        log.info("run %s, attempt %d begins", run.id, run.attempt)
        reason = reason_file(self._settings, run.id)
        reason.unlink(missing_ok=True)
        child = processes.start(
            [*self._attempt, run.id, str(run.attempt)],
            self._settings.for_child(),
            run.id,
            log_file(self._settings, run.id, run.attempt),
        )
        try:
            ending = self._watch(run, child)
        finally:
            processes.end(run.id)
            child.wait()
        log.info("run %s, attempt %d: %s", run.id, run.attempt, ending)
        self._tidy(run, ending)
        self._settle(run, ending)

    def _watch(self, run: RunState, child: subprocess.Popen[bytes]) -> AttemptEnding:
        heard_at = time.monotonic()
        while True:
            status = child.poll()
            if status is not None:
                return _ended(status, reason_file(self._settings, run.id))
            if self.stop.is_set():
                return STOPPED
            try:
                ending = self._look(run)
                heard_at = time.monotonic()
            except Unavailable:
                away = time.monotonic() - heard_at
                ending = CATALOGUE_AWAY if away > self._silence_limits.catalogue else None
            if ending is not None:
                return ending
            self.stop.wait(TICK_SECONDS)

    def _look(self, run: RunState) -> AttemptEnding | None:
        """Give the trainer's sign of life, and see whether the attempt must end."""
        with self._database.transaction() as cursor:
            training_runs.trainer_seen(cursor)
            training_runs.beat(cursor, run.id)
            cancelled = run.id in _cancel_queued(cursor)
            silent = training_progress.most_silent(cursor, run.id, run.attempt)
            now = training_runs.find(cursor, run.id)
        if cancelled:
            return AttemptEnding("cancelled")
        if now is None or now.attempt != run.attempt:
            return AttemptEnding("failed", "Another trainer took the run over.")
        if silent is not None and silent[1] > self._silence_limits.process:
            party, seconds = silent
            words = f"{party} showed no progress for {seconds:.0f} seconds."
            return AttemptEnding("failed", words, again=True)
        return None

    def _tidy(self, run: RunState, ending: AttemptEnding) -> None:
        """Keep the last lines of executors whose attempt failed, and remove their files."""
        try:
            if ending.state == "failed":
                keep_executors_lines(self._settings, run.id, run.attempt)
            session.clear(session.notes_of(self._settings))
        except OSError:
            log.exception("run %s, attempt %d: its files stay", run.id, run.attempt)

    def _settle(self, run: RunState, ending: AttemptEnding) -> None:
        """Write down how an attempt ended; wait for the catalogue unless told to stop."""
        while True:
            try:
                with self._database.transaction() as cursor:
                    if ending.reason:
                        training_progress.note(cursor, run.id, ending.reason)
                    if ending.is_excused or (ending.again and _may_try_again(run)):
                        training_runs.requeue(
                            *(cursor, run.id, run.attempt, str(ending.reason)),
                            is_excused=ending.is_excused,
                        )
                    elif ending.state != "done":  # who is done said so with the model
                        training_runs.finish(
                            cursor, run.id, run.attempt, ending.state, ending.reason
                        )
                        telling.run_ended(cursor, run.id)
                return
            except Unavailable:
                if self.stop.wait(TICK_SECONDS):
                    return


def _may_try_again(run: RunState) -> bool:
    return run.attempt - run.excused < MAX_ATTEMPTS


def _cancel_queued(cursor: Cursor) -> set[str]:
    """Close the cancelled runs that are still queued; returns the ids of the begun ones."""
    begun = set()
    for run in training_runs.to_cancel(cursor):
        if run.state == "queued":
            training_runs.finish(cursor, run.id, run.attempt, "cancelled")
        else:
            begun.add(run.id)
    return begun


def _ended(status: int, reason: Path) -> AttemptEnding:
    if status == 0:
        return AttemptEnding("done")
    text = reason.read_text(encoding="utf-8") if reason.exists() else ""
    if status == CANNOT_WORK:
        return AttemptEnding("failed", text or "The attempt could not begin.")
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return AttemptEnding("failed", text or f"The attempt's process ended with {how}.", again=True)
