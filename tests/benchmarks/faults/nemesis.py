"""Kills processes of a hub at random moments, and makes some of them pause."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

WHOLE_PART = 0.7
"""Share of kills that hit a part's first process; the others hit one that it has started."""
PAUSES_PER_KILL = 0.25
PAUSE_SECONDS = 1.5


@dataclass
class Nemesis:
    """`kills` deaths, spread over the uploads: each is due at a count of uploads that ended."""

    processes: Callable[[], Mapping[str, int]]
    due: list[int]
    dice: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    pauses: int = 0

    @classmethod
    def over(
        cls, uploads: int, kills: int, seed: int, processes: Callable[[], Mapping[str, int]]
    ) -> Nemesis:
        """Choose the moments: any, while the first 98 of 100 uploads are sent."""
        dice = random.Random(seed)
        due = sorted(dice.randrange(int(uploads * 0.98) + 1) for _ in range(kills))
        return cls(processes, due, dice)

    def strike(self, ended: int) -> None:
        """Kill what is due by now: at most one process at each call."""
        if not self.due or ended < self.due[0]:
            return
        victims = {name: pid for name, pid in self.processes().items() if psutil.pid_exists(pid)}
        name = self.dice.choice(sorted(victims))
        if self._kill(victims[name]):
            self.due.pop(0)
            self.killed[name] += 1
        if self.dice.random() < PAUSES_PER_KILL:
            self._pause(victims[self.dice.choice(sorted(victims))])

    def _kill(self, pid: int) -> bool:
        try:
            part = psutil.Process(pid)
            others = part.children(recursive=True)
            is_whole = self.dice.random() < WHOLE_PART or not others
            victim = part if is_whole else self.dice.choice(others)
            if victim.status() == psutil.STATUS_ZOMBIE:
                return False
            victim.kill()
        except psutil.Error:  # it ended by itself
            return False
        return True

    def _pause(self, pid: int) -> None:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            process.send_signal(signal.SIGSTOP)
            self.pauses += 1
            threading.Timer(PAUSE_SECONDS, _go_on, [process]).start()


def _go_on(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.send_signal(signal.SIGCONT)
