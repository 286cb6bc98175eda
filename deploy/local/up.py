"""`imagehub up`: the whole hub on one machine, in one folder, until it is told to stop."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from deploy.local.child import Mark, end_leftovers
from deploy.local.parts import HOW_TO_TRAIN, can_train, portal_address, programs, services
from deploy.local.postgres import Postgres
from deploy.local.preflight import check, only_hub, remembered_port, require_folder
from deploy.local.reaper import dismiss, start_reaper
from deploy.local.supervisor import PartsEnvironment, Supervisor
from deploy.prepare import prepare
from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.accounts.tokens import issue_link
from imagehub.catalogue.database import Database
from imagehub.errors import Conflict, HubError, Misconfigured
from imagehub.hub import CATALOGUE_NOTE, PORTAL_NOTE, open_catalogue
from imagehub.settings import Settings, variable
from imagehub.vocabulary import Role

WATCH_SECONDS = 0.2
CANNOT_START = 2
GAVE_UP = 1


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of everything the hub keeps.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port that the portal listens on.")
def up(data: Path | None, port: int | None) -> None:
    """Start the whole hub on this machine and keep it running until Ctrl-C.

    Starts Postgres (unless IMAGEHUB_CATALOGUE_URL names one), the portal, ingestion, the Spark jobs
    and, where TensorFlow is installed, the trainer; starts again what dies. Everything is kept in
    the data folder, what each part prints in its sub-folder logs/.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        settings = _with_options(Settings.from_environment(), data, port)
        _run(settings, None if data is None and port is None else _for_commands(settings))
    except KeyboardInterrupt:
        return
    except (Misconfigured, Conflict) as error:
        click.echo(str(error), err=True)
        sys.exit(CANNOT_START)
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(GAVE_UP)


def _with_options(settings: Settings, data: Path | None, port: int | None) -> Settings:
    """Put the options over the settings; what lies in the data folder moves along with it."""
    if data is not None:
        moved = data.expanduser().resolve()
        settings = replace(
            settings,
            data=moved,
            models=_moved(settings.models, settings.data, moved),
            signing_key=_moved(settings.signing_key, settings.data, moved),
        )
    return settings if port is None else replace(settings, web_port=port)


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path


def _for_commands(settings: Settings) -> str:
    """What commands of another terminal must be told of a hub that was started with options."""
    found = {"data": str(settings.data), "server": portal_address(settings).rstrip("/")}
    assignments = " ".join(
        f"{variable(name)}={shlex.quote(value)}" for name, value in found.items()
    )
    return f"For commands in another terminal: export {assignments}"


def _run(settings: Settings, for_commands: str | None) -> None:
    require_folder(settings.data)
    with only_hub(settings.data):
        environment = PartsEnvironment(settings.data, replace(settings, token="").for_child())
        cleared = end_leftovers(Mark(settings.data))
        if cleared:
            click.echo(f"Ended {cleared} processes that an earlier hub had left behind.")
        check(settings)
        reaper = start_reaper(environment.mark, environment.environment)
        supervisor = Supervisor(environment, say=lambda line: click.echo(line, err=True))
        try:
            _start(settings, supervisor)
            if for_commands:
                click.echo(for_commands)
            while True:
                supervisor.watch()
                time.sleep(WATCH_SECONDS)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # stopping is not stopped half-way
            click.echo("Stopping.", err=True)
            supervisor.stop()
            for note in (CATALOGUE_NOTE, PORTAL_NOTE):
                (settings.data / note).unlink(missing_ok=True)  # nobody listens there now
            dismiss(reaper)


def _start(settings: Settings, supervisor: Supervisor) -> None:
    folder = settings.data / "postgres"
    if not settings.catalogue_url:
        postgres = Postgres(folder, remembered_port(settings.data / "postgres.port"))
        supervisor.start(services(settings, postgres))
        _note(settings.data / CATALOGUE_NOTE, postgres.url)
        settings = replace(settings, web_catalogue_url=postgres.web_url)
    _note(settings.data / PORTAL_NOTE, portal_address(settings))
    database = open_catalogue(settings)
    prepare(database, settings.web_catalogue_url)
    link = _first_admin(database, settings)
    database.close()
    supervisor.start(programs(settings))
    click.echo(f"The portal is at {portal_address(settings)} (Ctrl-C stops the hub).")
    if not can_train():
        click.echo(HOW_TO_TRAIN)
    if link:
        click.echo(f"Sign in as the first admin, once: {link}")
        click.echo("If it is lost, `imagehub account link admin` prints another.")


def _first_admin(database: Database, settings: Settings) -> str | None:
    """A link that signs in once as a hub's first admin; None where there is an admin already."""
    with database.transaction() as cursor:
        if accounts.any_admin(cursor):
            return None
    secret = issue_link(database, "admin", [Role.ADMIN, Role.REVIEWER, Role.CONTRIBUTOR])
    return f"{portal_address(settings)}sign-in/link?secret={secret}"


def _note(note: Path, url: str) -> None:
    """Say where a part listens; a URL may hold a password, so only we may read it."""
    fresh = note.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(url, encoding="utf-8")
    fresh.rename(note)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    up()
