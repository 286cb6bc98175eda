"""CPU time and memory of this process and all that it started."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

PARTS = ("driver", "workers", "jvm", "postgres")


@dataclass
class Cost:
    """What a stretch of work took: seconds of the clock, and CPU seconds by part."""

    wall_seconds: float = 0.0
    cpu_seconds: Counter[str] = field(default_factory=Counter)

    def cores_used_share(self, cores: int) -> float:
        """CPU seconds of all parts by what the cores could have given."""
        return self.cpu_seconds.total() / (self.wall_seconds * cores)


@contextmanager
def costing() -> Iterator[Cost]:
    """Measure the stretch inside."""
    cost = Cost()
    before, began = _cpu_seconds(), time.perf_counter()
    yield cost
    cost.wall_seconds = time.perf_counter() - began
    cost.cpu_seconds = _cpu_seconds()
    cost.cpu_seconds.subtract(before)


def workers_bytes() -> int:
    """Resident bytes of all Python workers of Spark, pages that they share counted once each."""
    total = 0
    for part, process in _processes():
        if part == "workers":
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    return total


def _cpu_seconds() -> Counter[str]:
    spent: Counter[str] = Counter()
    for part, process in _processes():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # A process that has ended counts in its parent's sums for children.
        spent[part] += times.user + times.system + times.children_user + times.children_system
    return spent


def _processes() -> Iterator[tuple[str, psutil.Process]]:
    this = psutil.Process()
    yield "driver", this
    for process in this.children(recursive=True):
        try:
            part = _part(process.name(), " ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if part:
            yield part, process


def _part(name: str, command: str) -> str | None:
    if "java" in name:
        return "jvm"
    if "postgres" in name or "postgres" in command.partition(" ")[0]:
        return "postgres"
    return "workers" if "pyspark" in command else None
