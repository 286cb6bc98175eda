"""The starter from beginning to end: lessons, training, export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imagehub.vision.prepare import prepare
from imagehub.vision.prepared import Prepared
from training.starter.cache import read_lessons, write_lessons, write_rendered
from training.starter.classes import PLACES, StarterClass, number_of, starter_classes
from training.starter.config import NetworkConfig
from training.starter.distil import Course, latest, new_pupil, train
from training.starter.model import MIXED
from training.starter.packed import class_names, read_packed
from training.starter.release import figures_of, sample_of, source_of, with_figures
from training.starter.rendered import Rendered, read_rendered
from training.starter.schedule import Budget, TrainingSchedule
from training.starter.teachers import TEACHERS, Teachers

CONFIG = NetworkConfig(classes=PLACES)
SEEDS = (1, 2, 3)
"""So many pictures are made of every packed photo."""
RENDERED_SEEDS = tuple(range(1, 11))

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Folders: packed photos, the teachers, what is under way, and rendered photos or None."""

    photos: Path
    models: Path
    work: Path
    rendered: Path | None

    @property
    def lessons(self) -> Path:
        """Pictures with their teachers' answers."""
        return self.work / "lessons"


def train_starter(
    inputs: Inputs, budget: Budget, threads: int, say: Say, is_ended: Callable[[], bool]
) -> None:
    """Make the lessons that are missing, then train, or go on, until the budget is spent.

    Ends earlier, with all that was learned saved, once `is_ended` says so.
    """
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    _make_lessons(inputs, threads, say)
    course = Course(TrainingSchedule(), budget, inputs.work)
    pupil = new_pupil(CONFIG, TEACHERS[1].outputs, course.plan, MIXED)
    train(pupil, read_lessons(inputs.lessons), course, say, is_ended)


def export_starter(inputs: Inputs, crowd: Path, out: Path, say: Say) -> Prepared:
    """Write the averaged network into the folder `out`, in int8, with its figures on its card."""
    photos = read_packed(inputs.photos, "val")
    rendered = _rendered(inputs)
    classes = _classes(inputs, rendered)
    pupil = new_pupil(CONFIG, TEACHERS[1].outputs, TrainingSchedule(), "float32")
    say(f"network of step {latest(pupil, inputs.work)}")
    held_out = rendered.held_out() if rendered else None
    source = source_of(pupil.averaged, CONFIG, classes, photos, held_out)
    made = prepare(source, sample_of(photos, held_out, source.side_pixels), out, say)
    return with_figures(made, figures_of(made, classes, photos, held_out, crowd))


def _make_lessons(inputs: Inputs, threads: int, say: Say) -> None:
    teachers = Teachers(inputs.models, threads)
    photos = read_packed(inputs.photos, "train")
    for seed in SEEDS:
        write_lessons(photos, seed, inputs.lessons, teachers, say)
    rendered = _rendered(inputs)
    if rendered is None:
        return
    classes = _classes(inputs, rendered)
    learned = rendered.learned()
    numbers = [number_of(classes, mid) for mid in learned.mids]
    for seed in RENDERED_SEEDS:
        write_rendered(learned, numbers, seed, inputs.lessons, teachers)


def _rendered(inputs: Inputs) -> Rendered | None:
    return read_rendered(inputs.rendered) if inputs.rendered else None


def _classes(inputs: Inputs, rendered: Rendered | None) -> tuple[StarterClass, ...]:
    return starter_classes(class_names(inputs.photos), rendered.mids if rendered else ())
