"""`python -m training.starter`: train the network that ships with the hub, and export it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

from imagehub.errors import HubError
from imagehub.vision.listing import describe
from training.starter import making
from training.starter.making import Inputs
from training.starter.schedule import Budget


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    options = _parser().parse_args(arguments)
    inputs = Inputs(options.photos, options.models, options.work, options.rendered)
    try:
        if options.command == "train":
            budget = Budget(minutes=options.minutes, steps=options.steps)
            making.train_starter(inputs, budget, options.threads, _say, _ended().is_set)
        else:
            made = making.export_starter(inputs, options.crowd, options.out, _say)
            sys.stdout.write(describe(made))
    except HubError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _ended() -> threading.Event:
    """Set by the first signal to stop: training saves before it ends."""
    event = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: event.set())
    return event


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.starter", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser(
        "train",
        help="ask the teachers, then train; the same command goes on after a stop",
        description="Pictures, the teachers' answers and checkpoints are kept in --work.",
    )
    _add_inputs(training)
    training.add_argument("--minutes", type=float, default=150, help="of training, in all")
    training.add_argument("--steps", type=int, help="end after this many steps, if that is sooner")
    training.add_argument("--threads", type=int, default=2, help="cores to train with")
    exporting = commands.add_parser(
        "export", help="write the trained network, in int8, as the hub reads it"
    )
    _add_inputs(exporting)
    exporting.add_argument("--crowd", type=Path, required=True, help="a crowd to measure it on")
    exporting.add_argument("--out", type=Path, required=True, help="folder of networks")
    return parser


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--photos", type=Path, required=True, help="packed photos")
    parser.add_argument("--models", type=Path, required=True, help="the teachers' folder")
    parser.add_argument("--work", type=Path, required=True, help="folder of what is under way")
    parser.add_argument("--rendered", type=Path, help="rendered photos with scenes.csv")


def _say(step: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {step}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
