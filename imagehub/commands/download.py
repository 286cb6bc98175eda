"""`imagehub download`: a release into a folder, every file checked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress as Bar
from rich.progress import TaskID

from imagehub.client import HubClient, RetryPolicy
from imagehub.client.download import PARALLEL, Download, DownloadOptions, Progress, download
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import progress_bar, write_fields, write_json


@click.command()
@click.argument("release")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--public-key",
    default="",
    help="The only key to trust, or its fingerprint, in hex; else the server's key is taken.",
)
@click.option(
    "--parallel",
    type=click.IntRange(1, 64),
    default=PARALLEL,
    show_default=True,
    help="Files at once.",
)
@as_json
@speaks_to_hub
def command(client: HubClient, release: str, folder: Path | None, **options: Any) -> None:
    """Download RELEASE into FOLDER (by default a new folder named like the release).

    Every file is held against the signed manifest. Run it again after a failure: what is there
    and right is kept, and photos that were withdrawn since are deleted. Exit code 1: some files
    are not what the manifest says.

    \b
    Example:
      imagehub download pets-1
      imagehub download pets-1 data/pets --public-key 5b1c…
    """
    client.release(release)  # an error at the start is shown at once, before any retries
    with progress_bar("files") as bar:
        task = bar.add_task("Downloading", total=None)
        done = download(
            client.with_retries(RetryPolicy()),
            release,
            folder or Path(release),
            DownloadOptions(
                parallel=options["parallel"],
                public_key=options["public_key"],
                progress=lambda progress: _show(bar, task, progress),
            ),
        )
    if options["as_json"]:
        write_json(asdict(done))
    else:
        _report(done)
    if done.mismatches:
        click.get_current_context().exit(1)


def _show(bar: Bar, task: TaskID, progress: Progress) -> None:
    bar.update(task, total=progress.files, completed=progress.files_done)


def _report(done: Download) -> None:
    trust = "pinned" if done.key_is_pinned else "as the server shows it"
    write_fields(
        [
            ("release", done.release),
            ("folder", done.folder),
            ("files", done.files),
            ("bytes", done.total_bytes),
            ("fetched", done.fetched),
            ("there before", done.present),
            ("withdrawn", done.withdrawn),
            ("held back", done.held_back),
            ("signed by", f"{done.key_fingerprint} ({trust})"),
            ("mismatches", len(done.mismatches)),
        ]
    )
    for path in done.mismatches:
        click.echo(f"{path}: the server's bytes are not those of the manifest", err=True)
