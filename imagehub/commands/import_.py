"""`imagehub import`: bring in what people have already."""

from __future__ import annotations

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
from imagehub.catalogue.imports import imports, references
from imagehub.catalogue.imports.import_rows import OUTCOMES
from imagehub.catalogue.imports.imports import ImportPlan
from imagehub.commands.import_report import entry_as_json, numbers, report, write_rows
from imagehub.commands.options import as_json, open_catalogue, require_name
from imagehub.commands.output import progress_bar, write_fields, write_json, write_table
from imagehub.errors import NotFound
from imagehub.importing import following, open_images
from imagehub.importing.bringing import bring_in
from imagehub.importing.formats import BUCKET, FORMATS, guess_format, open_reader
from imagehub.importing.licences import spdx
from imagehub.log.protocol import UploadLog
from imagehub.settings import Settings
from imagehub.vocabulary import Role

FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)


@click.group()
def command() -> None:
    """Bring in what people have already: folders, archives, datasets."""


@command.command()
@click.argument("source", callback=lambda _context, _parameter, text: whole_place(text))
@click.option("--name", help="The import's name [that of SOURCE].")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="[what the files show]")
@click.option("--label", help="Label of every photo: a MID or a name.")
@click.option("--table", type=FILE, help="Labels: a CSV (file,label,…), or COCO's JSON.")
@click.option("--labels-of", help="Labels, licences: what people say in this import of tables.")
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
    archives; s3://BUCKET/PREFIX; WebDataset tars; what img2dataset left; or Parquet files of
    Hugging Face. Photos go the way of uploads, with the same checks. A photo without a known
    licence is in no label set and no release until one is set.

    \b
    Example:
      imagehub import start animals.zip --licence CC-BY-4.0 --wait
      imagehub import start coco/val2017 --table coco/instances_val2017.json
      imagehub import start s3://open-images-dataset/validation --labels-of open-images
      imagehub import start shards/ --format webdataset --classes classes.txt
    """
    database = open_catalogue()
    plan = _plan(database, source, options)
    reader = open_reader(plan.source, plan.format, plan.options, database)
    with _open_log() as log, progress_bar("rows") as bar:
        task = bar.add_task("Reading", total=None)
        bring_in(database, log, plan, reader, met=lambda rows: bar.advance(task, rows))
    if wait:
        following.wait(database, plan.name)
    report(database, plan.name, as_json)


@command.command("open-images")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, resolve_path=True))
@click.option("--name", default=open_images.FORMAT, show_default=True, help="The import's name.")
@as_json
def open_images_(folder: str, name: str, as_json: bool) -> None:
    """Bring in Open Images' published tables in FOLDER: photos by reference, and their labels.

    Image ids and image labels are known by their headers. Classes and hierarchy are imported first
    where they lie in FOLDER (class-descriptions.csv, bbox_labels_600_hierarchy.json). Photos are
    not fetched, and no verdict reads the labels: what people and networks say is kept apart. Run
    it again after a failure and it goes on where it was.

    \b
    Example:
      imagehub import open-images published/
      imagehub import said open-images 000004f4400f6ec5
    """
    database = open_catalogue()
    open_images.import_classes(database, Path(folder))
    with database.transaction() as cursor:
        importer = accounts.create_account(cursor, "importer", [Role.CONTRIBUTOR])
    plan = ImportPlan(name, importer, folder, open_images.FORMAT, {}, None)
    total = sum(file.path.stat().st_size for file in open_images.published_files(Path(folder)))
    with progress_bar("bytes") as bar:
        task = bar.add_task("Reading", total=total)
        open_images.bring_in_tables(database, plan, lambda read: bar.advance(task, read))
    report(database, name, as_json)


@command.command()
@click.argument("name")
@click.argument("photo")
@as_json
def said(name: str, photo: str, as_json: bool) -> None:
    """Show what the import NAME says of the PHOTO with this id at the source.

    \b
    Example:
      imagehub import said open-images 000004f4400f6ec5
    """
    with open_catalogue().transaction() as cursor:
        imports.get(cursor, name)
        found = references.photo(cursor, name, photo)
        labels = references.said(cursor, name, photo)
    if found is None:
        raise NotFound(f"The import {name} has no photo {photo[:40]!r}.")
    if as_json:
        told = [{**asdict(label), "by_people": label.is_by_people} for label in labels]
        return write_json(asdict(found) | {"labels": told})
    write_fields([(field.replace("_", " "), value) for field, value in asdict(found).items()])
    click.echo()
    return write_table(
        ("label", "MID", "who says so", "confidence"),
        [(one.name, one.label, one.source, f"{one.confidence:g}") for one in labels],
    )


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@as_json
def list_(limit: int, as_json: bool) -> None:
    """List imports, the newest first.

    \b
    Example:
      imagehub import list
    """
    with open_catalogue().transaction() as cursor:
        found = imports.newest(cursor, None, limit)
    if as_json:
        return write_json([entry_as_json(entry) for entry in found])
    columns = ("name", "format", "begun", *OUTCOMES)
    return write_table(
        columns,
        [
            (entry.plan.name, entry.plan.format, f"{entry.begun_at:%Y-%m-%d}", *numbers(entry))
            for entry in found
        ],
    )


@command.command()
@click.argument("name")
@click.option("--rows", type=click.File("w", encoding="utf-8"), help="Write every row as CSV.")
@as_json
def show(name: str, rows: TextIO | None, as_json: bool) -> None:
    """Report on the import NAME: what landed, repeats others, or was refused, and why.

    \b
    Example:
      imagehub import show animals --rows animals.csv
    """
    database = open_catalogue()
    following.settle(database)
    if rows:
        write_rows(database, name, rows)
    report(database, name, as_json)


@command.command()
@click.argument("name")
@click.option("--wait", is_flag=True, help="Wait until each photo has landed or is refused.")
@as_json
def retry(name: str, wait: bool, as_json: bool) -> None:
    """Try again what was refused of the import NAME, and nothing else.

    \b
    Example:
      imagehub import retry animals --wait
    """
    database = open_catalogue()
    following.settle(database)
    with _open_log() as log:
        following.retry(database, log, name)
    if wait:
        following.wait(database, name)
    report(database, name, as_json)


@command.command()
@click.argument("name")
@as_json
def undo(name: str, as_json: bool) -> None:
    """Withdraw all that the import NAME brought in; photos that others sent too stay theirs.

    \b
    Example:
      imagehub import undo animals
    """
    database = open_catalogue()
    with database.transaction() as cursor:
        imports.get(cursor, name)
        imports.ask_undo(cursor, name)
    following.undo(database, name)
    report(database, name, as_json)


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
    kept = ("label", "table", "labels_of", "classes", "label_fields")
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


def whole_place(source: str) -> str:
    """A source as it is found again from any folder."""
    return source if source.startswith(BUCKET) else str(Path(source).resolve())


def import_name(source: str) -> str:
    """A name made of a source's own."""
    stem = Path(source).name.partition(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:63] or "import"


@contextmanager
def _open_log() -> Iterator[UploadLog]:
    with closing(hub.open_log(Settings.from_environment())) as log:
        yield log
