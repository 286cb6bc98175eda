"""`imagehub labels`: search, show and import labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from imagehub.answers.labels import LabelName
from imagehub.catalogue.labels.labels import import_boxable, import_taxonomy
from imagehub.client import HubClient
from imagehub.commands.options import as_json, open_catalogue, speaks_to_hub
from imagehub.commands.output import write_fields, write_json, write_table
from imagehub.openimages import SourceFile
from imagehub.taxonomy import read_taxonomy

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Search, show and import labels: Open Images classes."""


@command.command()
@click.argument("text", default="")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@as_json
@speaks_to_hub
def search(client: HubClient, text: str, limit: int, as_json: bool) -> None:
    """Find labels whose name contains TEXT; the best match comes first.

    \b
    Example:
      imagehub labels search dog
    """
    found = client.labels(text, limit)
    if as_json:
        return write_json([label.model_dump() for label in found.items])
    if not found.items:
        return click.echo(f"No label has {text!r} in its name; try a shorter word.", err=True)
    return write_table(
        ("MID", "name", "images"), [(label.mid, label.name, label.images) for label in found.items]
    )


@command.command()
@click.argument("label")
@as_json
@speaks_to_hub
def show(client: HubClient, label: str, as_json: bool) -> None:
    """Show LABEL, a MID or a name, between its neighbours and with its numbers.

    \b
    Example:
      imagehub labels show /m/0bt9lr
    """
    found = client.label(client.find_label(label).mid)
    if as_json:
        return write_json(found.model_dump())
    return write_fields(
        [
            ("label", f"{found.name} ({found.mid})"),
            ("is a", _names(found.parents)),
            ("kinds", _names(found.children)),
            ("has parts", _names(found.parts)),
            ("part of", _names(found.wholes)),
            ("images", found.images),
            ("without kinds", found.own_images),
            ("claimed", found.claimed),
            ("verified", found.verified),
            ("needs review", found.needs_review),
            ("rejected", found.rejected),
        ]
    )


@command.command("import")
@click.option("--classes", type=FILE, help="CSV of MID and name (class-descriptions.csv).")
@click.option("--hierarchy", type=FILE, help="Nested JSON (bbox_labels_600_hierarchy.json).")
@click.option("--trainable", type=FILE, help="Trainable MIDs, one a line (classes-trainable.txt).")
@click.option("--boxable", is_flag=True, help="The 602 boxable labels that the project carries.")
@as_json
def import_(
    classes: Path | None,
    hierarchy: Path | None,
    trainable: Path | None,
    boxable: bool,
    as_json: bool,
) -> None:
    """Import Open Images' published label files into the catalogue.

    May be repeated: labels are added and renamed, never deleted. A broken file changes nothing.

    \b
    Example:
      imagehub labels import --classes class-descriptions.csv \\
          --hierarchy bbox_labels_600_hierarchy.json
      imagehub labels import --boxable
    """
    if boxable == bool(classes or hierarchy or trainable):
        raise click.UsageError("Give either --boxable, or --classes and --hierarchy.")
    if boxable:
        done = import_boxable(open_catalogue())
    elif classes and hierarchy:
        taxonomy = read_taxonomy(
            _read(classes), _read(hierarchy), _read(trainable) if trainable else None
        )
        done = import_taxonomy(open_catalogue(), taxonomy)
    else:
        raise click.UsageError("Give both --classes and --hierarchy.")
    if as_json:
        return write_json(asdict(done))
    return write_fields((name.replace("_", " "), count) for name, count in asdict(done).items())


def _read(path: Path) -> SourceFile:
    return SourceFile(str(path), path.read_bytes())


def _names(labels: Sequence[LabelName]) -> str:
    return ", ".join(f"{label.name} ({label.mid})" for label in labels)
