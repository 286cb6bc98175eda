"""Mutated photos through the confined decoder: each becomes an image or is refused by name."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from imagehub.errors import Refused
from imagehub.photo import REFUSALS
from imagehub.sandbox.frames import Limits
from imagehub.sandbox.pool import Sandbox
from tests.fuzz.photo_mutants import mutant

BATCH = 2000
LOOK_EVERY = 250
LANDED = "landed"
LIMITS = Limits()
CHILD = "imagehub.sandbox.child"
PATIENCE_SECONDS = 2 * LIMITS.wall_seconds + 5
"""A photo whose child somebody killed is tried twice."""


@dataclass(frozen=True)
class PhotoPlan:
    """Mutants `first` to `first + cases` of `seed`, in so many processes at once."""

    cases: int
    seed: int = 1
    first: int = 0
    workers: int = 1
    folder: Path | None = None

    @property
    def command(self) -> str:
        """What makes and tries them again."""
        folder = f" --seeds {self.folder}" if self.folder else ""
        return f"python -m tests.fuzz photos --seed {self.seed}{folder}"


@dataclass
class PhotoOutcomes:
    """What became of mutants: how many of each end, and what must not be."""

    ends: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    over_limits: list[int] = field(default_factory=list)
    longest_seconds: float = 0.0
    most_memory_bytes: int = 0

    def add(self, other: PhotoOutcomes) -> None:
        """Count those of another batch too."""
        self.ends += other.ends
        self.broken += other.broken
        self.over_limits += other.over_limits
        self.longest_seconds = max(self.longest_seconds, other.longest_seconds)
        self.most_memory_bytes = max(self.most_memory_bytes, other.most_memory_bytes)


def run(plan: PhotoPlan) -> Iterator[PhotoOutcomes]:
    """The outcomes of each batch, as they come."""
    starts = range(plan.first, plan.first + plan.cases, BATCH)
    end = plan.first + plan.cases
    if plan.workers == 1:
        yield from (_batch(plan, start, min(start + BATCH, end)) for start in starts)
        return
    with ProcessPoolExecutor(plan.workers) as pool:
        asked = [pool.submit(_batch, plan, start, min(start + BATCH, end)) for start in starts]
        for batch in as_completed(asked):
            yield batch.result()


def _batch(plan: PhotoPlan, start: int, end: int) -> PhotoOutcomes:
    """Try some in one child, which starts in a folder of its own that must stay empty."""
    outcomes, written = PhotoOutcomes(), dict[int, str]()
    here = Path.cwd()
    with TemporaryDirectory(prefix="fuzz-photos-") as folder, closing(Sandbox(1)) as sandbox:
        Path(folder).chmod(0o777)
        os.chdir(folder)
        try:
            for number in range(start, end):
                _try(sandbox, plan, number, outcomes)
                if number % LOOK_EVERY == LOOK_EVERY - 1 or number == end - 1:
                    _look_at_child(number, outcomes, written)
        finally:
            os.chdir(here)
        left = sorted(Path(folder).iterdir())
        outcomes.broken += [f"before mutant {end}: the child wrote {file.name}" for file in left]
    return outcomes


def _try(sandbox: Sandbox, plan: PhotoPlan, number: int, outcomes: PhotoOutcomes) -> None:
    folder = plan.folder.absolute() if plan.folder else None
    photo = mutant(plan.seed, number, folder)
    began_at = time.monotonic()
    try:
        sandbox.land(photo)
        end = LANDED
    except Refused as refused:
        end = refused.code
        if end not in REFUSALS or not refused.sentence:
            outcomes.broken.append(f"mutant {number}: refused with the unknown code {end}")
    except Exception as error:  # noqa: BLE001 whatever it is, it is what the campaign looks for
        end = type(error).__name__
        outcomes.broken.append(f"mutant {number}: {end}: {error}"[:300])
    seconds = time.monotonic() - began_at
    outcomes.ends[end] += 1
    outcomes.longest_seconds = max(outcomes.longest_seconds, seconds)
    if end == "decode_limits":
        outcomes.over_limits.append(number)
    if seconds > PATIENCE_SECONDS:
        outcomes.broken.append(f"mutant {number}: {seconds:.0f} s")


def _look_at_child(number: int, outcomes: PhotoOutcomes, before: dict[int, str]) -> None:
    """What the child has done, as the kernel counts it; `before` is what each had written.

    What it wrote until the first look may be of its start: compiled modules, times of access.
    """
    for child in psutil.Process().children():
        try:
            if CHILD not in child.cmdline():
                continue  # a server that a test runs
            status = Path(f"/proc/{child.pid}/status").read_text("ascii")
            counts = Path(f"/proc/{child.pid}/io").read_text("ascii")
            files = [str(file.readlink()) for file in Path(f"/proc/{child.pid}/fd").iterdir()]
            started = child.children()
        except (OSError, psutil.Error):  # it ended meanwhile, or is not ours to look at
            continue
        peak = int(_field(status, "VmHWM").split()[0]) * 1024
        outcomes.most_memory_bytes = max(outcomes.most_memory_bytes, peak)
        wrong = [file for file in files if not file.startswith("pipe:") and file != "/dev/null"]
        wrong += [f"{one.name()}, a process of its own" for one in started]
        if peak > LIMITS.memory_bytes:
            wrong.append(f"{peak} bytes of memory")
        written = _field(counts, "write_bytes")
        if before.setdefault(child.pid, written) != written:
            wrong.append(f"{written} bytes on the disk, and had {before[child.pid]}")
        outcomes.broken += [f"before mutant {number + 1}: the child has {what}" for what in wrong]


def _field(text: str, name: str) -> str:
    return (
        next(line for line in text.splitlines() if line.startswith(f"{name}:"))
        .split(":")[1]
        .strip()
    )
