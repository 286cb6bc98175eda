"""`imagehub subset`: create and show subsets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import click

from imagehub.answers.subsets import SubsetAnswer
from imagehub.client import HubClient
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import write_fields, write_json
from imagehub.subsets import SubsetRules, in_split_order

DEFAULTS = SubsetRules(labels=())


@click.group()
def command() -> None:
    """Create and show subsets: saved selections over label sets."""


@command.command()
@click.argument("name")
@click.option(
    "--label",
    "labels",
    multiple=True,
    required=True,
    help="A MID or a name, taken with all its kinds; may be given more than once.",
)
@click.option("--cap", type=click.IntRange(1), help="At most this many images of each label.")
@click.option(
    "--min-short-side",
    type=click.IntRange(1),
    default=DEFAULTS.min_short_side_pixels,
    show_default=True,
    help="Leave out smaller images; in pixels.",
)
@click.option("--with-duplicates", is_flag=True, help="Take near-duplicates too, not keepers only.")
@click.option(
    "--split",
    "splits",
    multiple=True,
    metavar="NAME=SHARE",
    default=[f"{name}={share}" for name, share in DEFAULTS.splits],
    show_default=True,
    help="A split and its share; give one for each split, the shares add up to 1.",
)
@as_json
@speaks_to_hub
def create(client: HubClient, name: str, as_json: bool, **options: Any) -> None:
    """Save a selection under NAME.

    \b
    Example:
      imagehub subset create pets --label Dog --label Cat --cap 500
    """
    splits = read_splits(options["splits"])
    rules = SubsetRules(
        labels=tuple(client.find_label(label).mid for label in options["labels"]),
        cap_per_label=options["cap"],
        min_short_side_pixels=options["min_short_side"],
        keepers_only=not options["with_duplicates"],
        splits=splits,
    )
    _print(client.create_subset(name, rules), as_json)


@command.command()
@click.argument("name")
@as_json
@speaks_to_hub
def show(client: HubClient, name: str, as_json: bool) -> None:
    """Show the subset NAME.

    \b
    Example:
      imagehub subset show pets
    """
    _print(client.subset(name), as_json)


def read_splits(texts: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Read `train=0.8` and its like; UsageError unless the shares add up to 1."""
    splits: dict[str, float] = {}
    for text in texts:
        name, _, share = text.partition("=")
        try:
            splits[name] = float(share)
        except ValueError as error:
            raise click.UsageError(f"--split {text!r} is not like train=0.8.") from error
    if len(splits) < len(texts) or not math.isclose(sum(splits.values()), 1, abs_tol=1e-6):
        raise click.UsageError("The --split shares must have different names and add up to 1.")
    return tuple(splits.items())


def _print(subset: SubsetAnswer, as_json: bool) -> None:
    if as_json:
        return write_json(subset.model_dump())
    splits = subset.splits
    return write_fields(
        [
            ("subset", subset.name),
            ("labels", ", ".join(subset.labels)),
            ("cap per label", subset.cap_per_label),
            ("short side from", f"{subset.min_short_side_pixels} pixels"),
            ("keepers only", subset.keepers_only),
            ("splits", ", ".join(f"{name} {splits[name]:g}" for name in in_split_order(splits))),
        ]
    )
