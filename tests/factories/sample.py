"""A small part of the crowd that ships with the hub."""

from __future__ import annotations

from pathlib import Path

from deploy.demo.given import DemoCrowd
from deploy.demo.sample_crowd.crowd import write_crowd
from deploy.demo.sample_crowd.plan import plan
from deploy.demo.sample_crowd.scenes import shipped
from imagehub.catalogue.labels.labels import boxable_taxonomy
from ingestion.simulation.crowd import read_crowd, read_truth

THINGS = 4
LATE = 3


def small_sample(folder: Path, uploads: int) -> DemoCrowd:
    """The first uploads of a crowd that sends a few things, of labels that a fresh hub knows."""
    known = set(boxable_taxonomy().labels)
    scenes = [scene for scene in shipped().crowd if scene.label in known]
    things = list(dict.fromkeys(scene.thing for scene in scenes))[:THINGS]
    sendings = plan([scene for scene in scenes if scene.thing in things], seed=11)
    write_crowd(folder, sendings[:uploads])
    late = tuple(scene for scene in shipped().late if scene.thing in things)[:LATE]
    return DemoCrowd(read_crowd(folder), read_truth(folder), late)
