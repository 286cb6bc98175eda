"""`python -m imagehub.vision`: which networks the hub knows and has, and preparing better ones."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from imagehub.errors import HubError, Misconfigured, NotFound
from imagehub.hub import open_store
from imagehub.settings import Settings
from imagehub.vision import own_file, sample
from imagehub.vision.graph import is_quantised
from imagehub.vision.listing import describe, table
from imagehub.vision.prepare import prepare
from imagehub.vision.recipes import RECIPES
from imagehub.vision.registry import choose
from imagehub.vision.source import NetworkSource, SuppliedFile

VIEWS = "view/"
"""Where the object store keeps the views of all photos; their keys are digests: a random order."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if options.command == "list":
            sys.stdout.write(table(settings, choose(settings)))
        else:
            _prepare(settings, options)
    except HubError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m imagehub.vision", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="say which networks are known, present and in use")
    making = commands.add_parser(
        "prepare",
        help="fetch or read a network, convert it, quantise it to int8 and compare",
        description="Write a network into the folder of networks. It is int8 if that says nearly"
        " the same as fp32 of photos that it was not measured on; otherwise it stays fp32.",
    )
    making.add_argument(
        "name", help=f"{', '.join(RECIPES)}, or a TOML file that describes a network of your own"
    )
    making.add_argument(
        "--photos", type=Path, metavar="DIR", help="photos to measure on; without: the hub's own"
    )
    making.add_argument(
        "--file", type=Path, help="the published file, fetched before, instead of fetching it"
    )
    making.add_argument(
        "--labels", type=Path, help="label list of openimages-resnet101, fetched before"
    )
    making.add_argument(
        "--sha256", help="what the file must have, where no or another checksum is published"
    )
    return parser


def _prepare(settings: Settings, options: argparse.Namespace) -> None:
    source = _open(settings, options)
    drawn = None
    if not is_quantised(source.model):
        views = (
            sample.from_folder(options.photos)
            if options.photos
            else sample.from_views(_stored_views(settings))
        )
        with _progress(MofNCompleteColumn()) as bar:
            counted = bar.track(views, sample.MOST_PHOTOS, description="reading photos")
            drawn = sample.draw(counted, source.side_pixels)
    made = prepare(source, drawn, settings.models, _say)
    sys.stdout.write(describe(made))


def _open(settings: Settings, options: argparse.Namespace) -> NetworkSource:
    if options.name not in RECIPES:
        path = Path(options.name)
        if path.suffix != ".toml":
            raise Misconfigured(
                f"{options.name} is neither {' nor '.join(RECIPES)} nor a .toml file that describes"
                " a network."
            )
        return own_file.open_own(path)
    supplied = SuppliedFile(options.file, options.labels, options.sha256)
    with _progress(DownloadColumn()) as bar:
        task = bar.add_task(f"fetching {options.name}", total=None, start=not options.file)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return RECIPES[options.name].open(supplied, settings.models / "downloads", tell)


def _stored_views(settings: Settings) -> Iterator[bytes]:
    store = open_store(settings)
    for key in store.keys(VIEWS):
        try:
            yield store.get(key)
        except NotFound:
            continue  # it was taken away since it was listed


def _say(step: str) -> None:
    sys.stderr.write(f"{step}\n")


def _progress(done: ProgressColumn) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        done,
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


if __name__ == "__main__":
    sys.exit(main())
