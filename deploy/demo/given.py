"""What the demo sends: the crowd that ships with the hub, or one that the reader names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo.sample_crowd.crowd import write_crowd
from deploy.demo.sample_crowd.plan import PlannedUpload, plan
from deploy.demo.sample_crowd.scenes import ShippedScene, shipped
from imagehub.vocabulary import Label
from ingestion.simulation.crowd import Crowd, Truth, read_crowd, read_truth


@dataclass(frozen=True)
class DemoCrowd:
    """A crowd, what is really so where that is known, and photos to send once it has settled.

    `scenes` says what the uploads show, by name; it is empty for a crowd that did not ship.
    """

    crowd: Crowd
    truth: Mapping[str, Truth] | None
    late: tuple[ShippedScene, ...]
    scenes: Mapping[str, ShippedScene] = field(default_factory=dict)

    @property
    def is_sample(self) -> bool:
        """True for the crowd that ships with the hub."""
        return bool(self.scenes)

    def labels(self) -> dict[str, Label]:
        """Everything that is claimed, by MID."""
        claimed = {upload.mid: Label(upload.mid, upload.label) for upload in self.crowd.uploads}
        return claimed | {scene.label.mid: scene.label for scene in self.late}


def own(folder: Path) -> DemoCrowd:
    """The crowd in a folder; raise Misconfigured if it holds none."""
    return DemoCrowd(read_crowd(folder), read_truth(folder), shipped().late)


def planned() -> list[PlannedUpload]:
    """What the sample crowd sends."""
    return plan(shipped().crowd)


def sample(
    folder: Path, sendings: list[PlannedUpload], progress: Callable[[], None] = lambda: None
) -> DemoCrowd:
    """Write the sample crowd anew in a folder; `progress` is called after each photo."""
    shutil.rmtree(folder, ignore_errors=True)
    write_crowd(folder, sendings, progress)
    scenes = {sending.name: sending.scene for sending in sendings}
    return DemoCrowd(read_crowd(folder), read_truth(folder), shipped().late, scenes)
