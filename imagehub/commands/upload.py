"""`imagehub upload`: send the photos of a folder, of its sub-folders, or of a CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from imagehub.client import HubClient, RetryPolicy
from imagehub.client.claims import (
    PhotoFile,
    from_csv,
    from_folder,
    from_release,
    from_subfolders,
)
from imagehub.client.journal import Journal
from imagehub.client.release_folders import with_mids
from imagehub.client.sender import Sender, SentPhoto, Summary, UploadOutcome
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import progress_bar, write_json
from imagehub.errors import HubError
from imagehub.file_names import NO_TEXT, is_text, shown

JOURNAL = ".imagehub-uploads.jsonl"
NAMES_SHOWN = 20


@click.command()
@click.argument("source", metavar="FOLDER|CSV", type=click.Path(exists=True, path_type=Path))
@click.option("--label", help="Label of every photo: a MID or a name.")
@click.option(
    "--parallel", type=click.IntRange(1, 64), default=4, show_default=True, help="Photos at once."
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"File that remembers what was sent [{JOURNAL} in the folder, or beside the CSV].",
)
@click.option("--wait", is_flag=True, help="Wait until each photo is stored or refused.")
@as_json
@speaks_to_hub
def command(client: HubClient, source: Path, **options: Any) -> None:
    """Send photos to the hub; run it again after a failure and it sends only what is missing.

    Photos are all files of FOLDER with --label; or those of its sub-folders, each named like its
    label; or those that a CSV lists: file,label[,taken_at,latitude,longitude,upload]. Two lines
    with the same photo and claim are one upload, unless their `upload` differs. Times without a
    zone are UTC. A CSV with one error sends nothing. Links are followed; hidden files, and what
    systems leave in folders, are passed over. An unpacked release can be sent again: its folder,
    a folder of it, or its images.csv or labels.csv.

    Exit code 1: some photos were refused, and the summary says why. 2: the hub or the command is
    in trouble.

    \b
    Example:
      imagehub upload holiday/ --label Dog
      imagehub upload by-label/ --wait
      imagehub upload photos.csv --json
    """
    photos = _photos(source, options["label"])
    client.status()  # an error at the start is shown at once, before any retries
    if source.is_dir() and not options["label"]:
        photos = with_mids(photos, client)
    place = options["journal"] or (source if source.is_dir() else source.parent) / JOURNAL
    with Journal(place) as journal, progress_bar("photos") as bar:
        sender = Sender(client.with_retries(RetryPolicy()), journal)
        task = bar.add_task("Sending", total=len(photos))

        try:
            summary = sender.send(photos, options["parallel"], lambda _: bar.advance(task))
            if options["wait"]:
                task = bar.add_task("Waiting", total=len(photos))
                summary = sender.follow(options["parallel"], lambda _: bar.advance(task))
        except HubError:
            bar.stop()
            _report(sender.summary, as_json=False, to_stderr=True)
            click.echo("Run the same command again to send the rest.", err=True)
            raise
    _report(summary, options["as_json"])
    if summary.count(UploadOutcome.REFUSED):
        click.get_current_context().exit(1)


def _photos(source: Path, label: str | None) -> list[PhotoFile]:
    if source.is_file():
        if label:
            raise click.UsageError("A CSV names the labels itself; leave out --label.")
        photos = from_csv(source)
    else:
        if label and not is_text(label):
            raise click.UsageError(f"The label {shown(label)!r} {NO_TEXT}; give it in UTF-8.")
        photos = (
            from_folder(source, label) if label else from_release(source) or from_subfolders(source)
        )
    if all(photo.left_out for photo in photos):
        raise click.UsageError(f"There is no photo in {source}.")
    return photos


def _report(summary: Summary, as_json: bool, to_stderr: bool = False) -> None:
    refusals, left_out, partly = (
        summary.told(outcome)
        for outcome in (UploadOutcome.REFUSED, UploadOutcome.LEFT_OUT, UploadOutcome.ACCEPTED)
    )
    if as_json:
        counts = {str(outcome): summary.count(outcome) for outcome in UploadOutcome}
        return write_json(
            counts
            | {
                "uploads": {
                    str(sent_photo.upload_id): shown(sent_photo.photo.name)
                    for sent_photo in summary.sent
                    if sent_photo.upload_id
                },
                "refusals": _as_json(refusals),
                "left_out": _as_json(left_out),
                "accepted_in_part": _as_json(partly),
            }
        )
    for outcome in UploadOutcome:
        if summary.count(outcome):
            click.echo(f"{summary.count(outcome):>7,} {outcome}", err=to_stderr)
    for group in (*refusals.values(), *left_out.values(), *partly.values()):
        code, reason = group[0].code, group[0].reason
        click.echo(f"\n{code}: {reason}" if code else f"\n{reason}", err=to_stderr)
        for sent_photo in group[:NAMES_SHOWN]:
            click.echo(f"  {shown(sent_photo.photo.name)}", err=to_stderr)
        if len(group) > NAMES_SHOWN:
            click.echo(
                f"  … and {len(group) - NAMES_SHOWN:,} more (--json lists all)", err=to_stderr
            )
    return None


def _as_json(groups: dict[str, list[SentPhoto]]) -> list[dict[str, str]]:
    return [
        {"file": shown(sent_photo.photo.name), "code": sent_photo.code, "reason": sent_photo.reason}
        for group in groups.values()
        for sent_photo in group
    ]
