"""`imagehub import`: bring in what people have already."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click

from imagehub import hub
from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import import_rows, imports, photo_origins
from imagehub.catalogue.imports.import_rows import ReportedRow
from imagehub.catalogue.imports.imports import ImportEntry, ImportPlan
from imagehub.commands.options import as_json, open_catalogue, require_name
from imagehub.commands.output import progress_bar, write_fields, write_json, write_table
from imagehub.importing import following
from imagehub.importing.bringing import bring_in
from imagehub.importing.formats import FORMATS, guess_format, open_reader
from imagehub.importing.licences import spdx
from imagehub.log.protocol import UploadLog
from imagehub.settings import Settings
from imagehub.vocabulary import Role

FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)
OUTCOMES = ("waiting", "landed", "duplicate", "refused", "undone")
PAGE_ROWS = 1_000


@click.group()
def command() -> None:
    """Bring in what people have already: folders, archives, datasets."""


@command.command()
@click.argument("source", type=click.Path(exists=True, resolve_path=True))
@click.option("--name", help="The import's name [that of SOURCE].")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="[what the files show]")
@click.option("--label", help="Label of every photo: a MID or a name.")
@click.option("--table", type=FILE, help="Labels: a CSV (file,label,…), or COCO's JSON.")
@click.option("--classes", type=FILE, help="The names behind class numbers, one a line.")
@click.option(
    "--label-field", "label_fields", multiple=True, help="Where labels stand; repeatable."
)
@click.option("--licence", help="Licence of photos that name none, e.g. CC-BY-4.0 or its address.")
@click.option("--account", default="importer", show_default=True, help="Whose claims they are.")
@click.option("--wait", is_flag=True, help="Wait until each photo has landed or is refused.")
@as_json
def start(source: str, wait: bool, as_json: bool, **options: Any) -> None:
    """Bring in the photos of SOURCE; run it again after a failure and it goes on where it was.

    SOURCE is a folder, a zip or a tar whose folders are named like labels; a folder of such
    archives; WebDataset tars; what img2dataset left; or Parquet files of Hugging Face. Photos go
    the way of uploads, with the same checks. A photo without a known licence is in no label set
    and no release until one is set.

    \b
    Example:
      imagehub import start animals.zip --licence CC-BY-4.0 --wait
      imagehub import start coco/val2017 --table coco/instances_val2017.json
      imagehub import start shards/ --format webdataset --classes classes.txt
    """
    database = open_catalogue()
    plan = _plan(database, source, options)
    reader = open_reader(plan.source, plan.format, plan.options)
    with _open_log() as log, progress_bar("rows") as bar:
        task = bar.add_task("Reading", total=None)
        bring_in(database, log, plan, reader, met=lambda rows: bar.advance(task, rows))
    if wait:
        following.wait(database, plan.name)
    _report(database, plan.name, as_json)


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@as_json
def list_(limit: int, as_json: bool) -> None:
    """List imports, the newest first."""
    with open_catalogue().transaction() as cursor:
        found = imports.newest(cursor, None, limit)
    if as_json:
        return write_json([_as_json(entry) for entry in found])
    columns = ("name", "format", "begun", *OUTCOMES)
    return write_table(
        columns,
        [
            (entry.plan.name, entry.plan.format, f"{entry.begun_at:%Y-%m-%d}", *_numbers(entry))
            for entry in found
        ],
    )


@command.command()
@click.argument("name")
@click.option("--rows", type=click.File("w", encoding="utf-8"), help="Write every row as CSV.")
@as_json
def show(name: str, rows: TextIO | None, as_json: bool) -> None:
    """Report on the import NAME: what landed, repeats others, or was refused, and why."""
    database = open_catalogue()
    following.settle(database)
    if rows:
        _write_rows(database, name, rows)
    _report(database, name, as_json)


@command.command()
@click.argument("name")
@click.option("--wait", is_flag=True, help="Wait until each photo has landed or is refused.")
@as_json
def retry(name: str, wait: bool, as_json: bool) -> None:
    """Try again what was refused of the import NAME, and nothing else."""
    database = open_catalogue()
    following.settle(database)
    with _open_log() as log:
        following.retry(database, log, name)
    if wait:
        following.wait(database, name)
    _report(database, name, as_json)


@command.command()
@click.argument("name")
@as_json
def undo(name: str, as_json: bool) -> None:
    """Withdraw all that the import NAME brought in; photos that others sent too stay theirs."""
    database = open_catalogue()
    with database.transaction() as cursor:
        imports.get(cursor, name)
        imports.ask_undo(cursor, name)
    following.undo(database, name)
    _report(database, name, as_json)


@command.command()
@click.argument("name")
@click.argument("licence")
def licence(name: str, licence: str) -> None:
    """Set the LICENCE of those photos of the import NAME that have no known one.

    \b
    Example:
      imagehub import licence animals CC-BY-SA-4.0
    """
    changed = following.set_licence(open_catalogue(), name, licence)
    click.echo(f"Photos that are now under {spdx(licence)}: {changed:,}.")


def _plan(database: Database, source: str, options: dict[str, Any]) -> ImportPlan:
    if options["licence"] and spdx(options["licence"]) is None:
        raise click.UsageError(f"{options['licence']!r} is no licence that the hub knows.")
    account = options["account"].strip()
    require_name(account)
    kept = ("label", "table", "classes", "label_fields")
    with database.transaction() as cursor:
        return ImportPlan(
            name=options["name"] or import_name(source),
            account_id=accounts.create_account(cursor, account, [Role.CONTRIBUTOR]),
            source=source,
            format=options["kind"] or guess_format(source),
            options={
                name: list(value) if isinstance(value, tuple) else value
                for name, value in options.items()
                if name in kept and value
            },
            licence=spdx(options["licence"] or ""),
        )


def import_name(source: str) -> str:
    """A name made of a source's own."""
    stem = Path(source).name.partition(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:63] or "import"


@contextmanager
def _open_log() -> Iterator[UploadLog]:
    with closing(hub.open_log(Settings.from_environment())) as log:
        yield log


def _report(database: Database, name: str, as_json: bool) -> None:
    with database.transaction() as cursor:
        entry = imports.get(cursor, name)
        reasons = imports.reasons(cursor, name)
        unlicensed = photo_origins.count_unlicensed(cursor, name)
    if as_json:
        told = [asdict(reason) for reason in reasons]
        return write_json(_as_json(entry) | {"reasons": told, "unlicensed": unlicensed})
    write_fields(
        [
            ("import", entry.plan.name),
            ("source", f"{entry.plan.source} ({entry.plan.format})"),
            ("rows", entry.total),
            *zip(OUTCOMES, _numbers(entry), strict=True),
            ("of unknown licence", unlicensed or None),
        ]
    )
    if reasons:
        click.echo()
        write_table(
            ("refused", "rows", "for example"), [tuple(asdict(r).values()) for r in reasons]
        )
    return None


def _write_rows(database: Database, name: str, file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(("place", "label", "outcome", "code", "reason", "upload", "image"))
    for outcome in OUTCOMES:
        for row in all_rows(database, name, outcome):
            writer.writerow(
                (
                    *(row.place.key, row.label, row.outcome, row.code, row.reason),
                    *(row.upload_id or "", row.image_id or ""),
                )
            )


def all_rows(database: Database, name: str, outcome: str) -> Iterator[ReportedRow]:
    """Every row of an outcome, read a page at a time."""
    after = None
    while True:
        with database.transaction() as cursor:
            found = import_rows.listed(cursor, name, outcome, after, PAGE_ROWS)
        yield from found
        if len(found) < PAGE_ROWS:
            return
        after = found[-1].place


def _numbers(entry: ImportEntry) -> list[int]:
    return [entry.rows.get(outcome, 0) for outcome in OUTCOMES]


def _as_json(entry: ImportEntry) -> dict[str, Any]:
    return {
        "name": entry.plan.name,
        "source": entry.plan.source,
        "format": entry.plan.format,
        "begun_at": entry.begun_at,
        "read_at": entry.read_at,
        "undone_at": entry.undone_at,
        "rows": entry.total,
        **dict(zip(OUTCOMES, _numbers(entry), strict=True)),
    }
