"""`imagehub model`: show, fetch and try what a training run left."""

from __future__ import annotations

from pathlib import Path

import click

from imagehub.client import HubClient
from imagehub.client.training import TrainingClient
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import write_fields, write_json, write_table


@click.group()
def command() -> None:
    """Show, fetch and try the models that your training runs left."""


@command.command()
@click.argument("model")
@as_json
@speaks_to_hub
def show(client: HubClient, model: str, as_json: bool) -> None:
    """Show how right MODEL is; its id is its run's.

    \b
    Example:
      imagehub model show 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11
    """
    found = TrainingClient(client).model(model)
    if as_json:
        return write_json(found.model_dump())
    write_fields(
        [
            ("model", found.id),
            ("release", found.release),
            ("accuracy", f"{found.accuracy:.3f} on photos held out"),
            ("withdrawn photos", found.withdrawn_photos or None),
        ]
    )
    click.echo()
    return write_table(
        ("file", "bytes", "sha256"), [(file.name, file.bytes, file.sha256) for file in found.files]
    )


@command.command()
@click.argument("model")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@speaks_to_hub
def download(client: HubClient, model: str, folder: Path | None) -> None:
    """Fetch MODEL's files into FOLDER (by default one named like the model), each checked.

    \b
    Example:
      imagehub model download 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11 mugs-model
    """
    for place in TrainingClient(client).download(model, folder or Path(f"model-{model}")):
        click.echo(place)


@command.command("try")
@click.argument("model")
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@speaks_to_hub
def try_(client: HubClient, model: str, photo: Path, as_json: bool) -> None:
    """Say which labels MODEL sees in PHOTO; the hub does not keep it.

    \b
    Example:
      imagehub model try 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11 mug.jpg
    """
    found = TrainingClient(client).predict(model, photo.read_bytes())
    if as_json:
        return write_json([prediction.model_dump() for prediction in found])
    return write_fields((prediction.name, f"{prediction.probability:.3f}") for prediction in found)
