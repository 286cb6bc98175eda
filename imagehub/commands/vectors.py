"""`imagehub vectors`: embeddings for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from imagehub import vector_export
from imagehub.commands.options import open_catalogue
from imagehub.commands.output import progress_bar


@click.group()
def command() -> None:
    """Give embeddings of photos to other programs."""


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--hidden-too", is_flag=True, help="Also those of photos that are not public.")
def export(folder: Path, hidden_too: bool) -> None:
    """Write the vectors of all public photos into FOLDER, as Parquet.

    Columns: id, vector, model, labels, licence, contributor, duplicate_group, sha256, format,
    width, height, landed_at. Run it again after a failure and it goes on; the file _SUCCESS says
    that nothing is missing.

    \b
    Example:
      imagehub vectors export vectors/
    """
    with progress_bar("vectors") as bar:
        task = bar.add_task("Writing", total=None)
        rows = vector_export.export(
            open_catalogue(), folder, hidden_too, lambda written: bar.advance(task, written)
        )
    click.echo(f"Vectors in {folder}: {rows:,}.")
