"""The job `scrub`: object store -> damaged_objects, and derivatives that are made anew.

It reads as many bytes as the pace allows, then leaves the other jobs the lane until the pace allows
more. How far it is stands in the catalogue, so a run that is killed is gone on with.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.operation.scrubs import ImageDigests, ScrubKind, ScrubPosition
from imagehub.sandbox.pool import Sandbox
from spark_jobs.batch import Batch, whole_batch
from spark_jobs.runs import JobContext
from spark_jobs.scrub.images import scrub_image
from spark_jobs.scrub.reading import Meter
from spark_jobs.scrub.releases import scrub_release

SLICE_SECONDS = 300
"""A run reads what the pace allows in this time."""
MOST_SECONDS = 20.0
"""A run ends after so long: other jobs wait."""
IMAGES_AT_ONCE = 20
OFF_SECONDS = 3600
"""How often the job looks whether it was switched on."""


def has_work(database: Database) -> bool:
    """True if the pace allows to read on."""
    with database.transaction() as cursor:
        return scrubs.is_due(cursor)


def run(context: JobContext) -> dict[str, int]:
    """Read on from where the last run stopped; rest as long as the pace asks for what was read."""
    pace = context.settings.scrub_bytes_per_second
    if pace == 0:
        _rest(context, OFF_SECONDS)
        return {}
    meter = Meter(context.store)
    sandbox = Sandbox(1, must_be_confined=context.settings.confinement == "required")
    slice_ = _Slice(context, meter, sandbox, pace * SLICE_SECONDS)
    try:
        with whole_batch() as batch:
            slice_.read_on(batch)
    finally:
        sandbox.close()
        _rest(context, meter.read_bytes / pace)
    return {"read_bytes": meter.read_bytes, **slice_.counts}


@dataclass
class _Slice:
    """One run's part of a pass."""

    context: JobContext
    meter: Meter
    sandbox: Sandbox
    budget_bytes: int
    counts: Counter[str] = field(default_factory=Counter)
    began_at: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        is_late = time.monotonic() - self.began_at > MOST_SECONDS
        return is_late or self.meter.read_bytes >= self.budget_bytes

    def read_on(self, batch: Batch) -> None:
        """Read until the slice or the pass is over. One that fails holds up nothing behind it."""
        with self.context.database.transaction() as cursor:
            reached = scrubs.position(cursor)
        while not self.is_over:
            following = (
                self._images(batch, reached.after)
                if reached.kind is ScrubKind.IMAGES
                else self._release(batch, reached.after)
            )
            with self.context.database.transaction() as cursor:
                self.context.run.assert_current(cursor)
                if following is None:
                    scrubs.end_pass(cursor)
                    return
                scrubs.move(cursor, following)
            reached = following

    def _images(self, batch: Batch, after: str) -> ScrubPosition:
        with self.context.database.transaction() as cursor:
            images = scrubs.images_after(cursor, after, IMAGES_AT_ONCE)
        if not images:
            return ScrubPosition(ScrubKind.RELEASES, "")
        batch.each(images, self._image)
        return ScrubPosition(ScrubKind.IMAGES, images[-1].id)

    def _image(self, image: ImageDigests) -> None:
        found = scrub_image(self.context, self.meter, self.sandbox.land, image)
        self.counts.update(images=1, mended=found.mended, damaged=found.damaged)

    def _release(self, batch: Batch, after: str) -> ScrubPosition | None:
        with self.context.database.transaction() as cursor:
            release = scrubs.release_after(cursor, after)
        if release is None:
            return None
        for damaged in batch.each(
            [release], lambda one: scrub_release(self.context, self.meter, one)
        ):
            self.counts.update(releases=1, damaged=damaged)
        return ScrubPosition(ScrubKind.RELEASES, release.id)


def _rest(context: JobContext, seconds: float) -> None:
    with context.database.transaction() as cursor:
        scrubs.rest(cursor, seconds)
