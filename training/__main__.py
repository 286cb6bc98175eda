"""Train models on releases: `python -m training serve`, `run`, `cancel`, `show`, `register`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from imagehub import logs, training_config
from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import release_queries
from imagehub.catalogue.training import training_progress, training_runs
from imagehub.errors import HubError, NotFound
from imagehub.hub import open_catalogue
from imagehub.settings import Settings
from training.last_words import log_file
from training.registering import register
from training.service import Trainer


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, open the resources, act; 0 if all went well, 1 with a sentence if not."""
    parsed = _parser().parse_args(arguments)
    logs.begin(sys.stderr)
    settings = Settings.from_environment()
    try:
        database = open_catalogue(settings)
        if parsed.command == "cancel":
            return _cancel(database, parsed.run)
        if parsed.command == "show":
            return _show(settings, database, parsed.run)
        if parsed.command == "register":
            return _register(settings, database, parsed.run)
        trainer = Trainer(settings, database)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: trainer.stop.set())
        if parsed.command == "serve":
            trainer.serve()
            return 0
        run_id = _queue(database, parsed)
        print(run_id, flush=True)
        if parsed.queue_only:
            return 0
        trainer.finish(run_id)
        return _show(settings, database, run_id)
    except HubError as error:
        print(f"training: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="train whatever is queued, until told to stop")
    run = commands.add_parser("run", help="train on a release, and wait for the end")
    run.add_argument("release", help="id of the release")
    run.add_argument("--base", choices=[base.value for base in training_config.Base])
    run.add_argument("--epochs", type=int)
    run.add_argument("--image-size", type=int, dest="image_size_pixels", metavar="PIXELS")
    run.add_argument(
        "--augmentation", choices=[kind.value for kind in training_config.Augmentation]
    )
    run.add_argument("--batch", type=int, help="photos a step, of all workers together")
    run.add_argument("--learning-rate", type=float)
    run.add_argument("--photos-per-label", type=int, help="fewest photos that each label needs")
    run.add_argument("--seed", type=int)
    run.add_argument("--queue-only", action="store_true", help="leave it to `serve`")
    for name, text in (
        ("cancel", "stop a run"),
        ("show", "tell how a run stands"),
        ("register", "make a run's model a network that verification can use"),
    ):
        commands.add_parser(name, help=text).add_argument("run", help="id of the run")
    return parser


def _queue(database: Database, parsed: argparse.Namespace) -> str:
    """Check the wish against the release and queue it."""
    names = training_config.TrainingConfig.model_fields
    fields = {name: value for name, value in vars(parsed).items() if name in names}
    config = training_config.read(
        {name: value for name, value in fields.items() if value is not None}
    )
    with database.transaction() as cursor:
        release = release_queries.find(cursor, parsed.release)
        if release is None or release.frozen is None:
            raise NotFound(f"There is no release {parsed.release} that is ready.")
        training_config.require_enough(release.frozen.summary, config)
        expected = training_config.estimate(config, release.frozen.summary, executors=2)
        print(f"about {expected.seconds / 60:.0f} minutes on two cores", file=sys.stderr)
        return str(training_runs.queue(cursor, parsed.release, config.model_dump(mode="json")))


def _cancel(database: Database, run_id: str) -> int:
    with database.transaction() as cursor:
        if not training_runs.ask_to_cancel(cursor, run_id):
            raise NotFound(f"There is no run {run_id} that could be cancelled.")
    return 0


def _register(settings: Settings, database: Database, run_id: str) -> int:
    made = register(settings, database, run_id, lambda text: print(text, file=sys.stderr))
    print(
        f"{made.folder}\nVerification takes its word with IMAGEHUB_CLASS_NETWORK={made.card.name},"
        " in place of the present network of classes. It speaks of its own labels only, and has"
        " seen the photos that it was trained on: of these it says what it was told."
    )
    return 0


def _show(settings: Settings, database: Database, run_id: str) -> int:
    """Print how a run stands; 0 unless it has failed or was cancelled."""
    with database.transaction() as cursor:
        run = training_runs.find(cursor, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        for line in training_progress.notes(cursor, run_id, limit=50):
            print(f"{line.at:%H:%M:%S} {line.note}")
    print(f"{run.state}, attempt {run.attempt}, {run.epochs_done} epochs done")
    if run.reason:
        print(run.reason)
        print(f"log: {log_file(settings, run_id, run.attempt)}")
    return 1 if run.state in ("failed", "cancelled") else 0


if __name__ == "__main__":
    sys.exit(main())
