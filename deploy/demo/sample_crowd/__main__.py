"""`python -m deploy.demo.sample_crowd FOLDER`: write the sample crowd for other commands."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deploy.demo.sample_crowd.crowd import write_crowd
from deploy.demo.sample_crowd.plan import plan
from deploy.demo.sample_crowd.scenes import shipped
from imagehub.errors import HubError


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other faults.")
def main(folder: Path, seed: int) -> None:
    """Write the photos that ship with the hub as a crowd's folder, with the truth."""
    try:
        sendings = plan(shipped().crowd, seed)
        write_crowd(folder, sendings)
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{len(sendings)} uploads in {folder}.")


if __name__ == "__main__":
    main()
