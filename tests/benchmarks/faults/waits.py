"""No wait of a campaign is without an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

import psutil

from deploy.local.parts import Part
from imagehub.errors import Unavailable

Result = TypeVar("Result")

LOOKS = 30
"""So often a part is looked at before it counts as gone."""

WATCH_SECONDS = 0.1


@dataclass
class Absences:
    """Looks at parts now and then; raises Unavailable if one is away for `most_seconds`."""

    parts: Sequence[Part]
    processes: Callable[[], Mapping[str, int]]
    most_seconds: float = 60.0
    _seen_at: dict[str, float] = field(default_factory=dict)
    _looked_at: float = 0.0

    def look(self) -> None:
        """Note which parts are ready; asking all of them takes a moment, so not at every call."""
        if time.monotonic() - self._looked_at < self.most_seconds / LOOKS:
            return
        running = self.processes()
        for part in self.parts:
            is_back = _is_alive(running[part.name]) and part.is_ready()
            now = self._looked_at = time.monotonic()
            if is_back:
                self._seen_at[part.name] = now
            elif now - self._seen_at.setdefault(part.name, now) > self.most_seconds:
                raise Unavailable(f"{part.name} has not come back in {self.most_seconds:.0f} s.")


def watch_while(work: Callable[[], Result], watch: Callable[[], None]) -> Result:
    """Return what `work` gives in a thread; `watch` meanwhile, and raise at once what it raises.

    The thread is not waited for then: phones try again for hours to reach a hub that is dead.
    """
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - the caller's thread raises it
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    while not done.done():
        watch()
        time.sleep(WATCH_SECONDS)
    return done.result()


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
