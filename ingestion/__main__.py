"""`python -m ingestion`: land what waits in the upload log, until SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

import click

from imagehub import hub, logs
from imagehub.errors import HubError
from imagehub.sandbox.pool import Sandbox
from imagehub.settings import Settings
from ingestion.consumer import Consumer
from ingestion.dead_letters import Flooded, resume
from ingestion.failpoints import Failpoints
from ingestion.pipeline import Pipeline
from ingestion.replay import replay
from ingestion.replay_requests import keep_answering
from ingestion.retention import keep_pruned

GRACE_SECONDS = 4.0
"""What is under way when the program is told to stop may take so long; then it dies, and the
messages come again at the next start."""

EXIT_FAILED = 1
EXIT_FLOODED = 3


@click.command()
@click.option(
    "--resume", "is_resumed", is_flag=True, help="Go on after dead letters stopped the pipeline."
)
@click.option(
    "--replay-dead-letters",
    "is_replay",
    is_flag=True,
    help="Put what was set aside into the upload log again, and stop.",
)
@click.option("--until-empty", is_flag=True, help="Stop when no upload waits.")
@click.option("--die-at", metavar="POINT:N", hidden=True, help="For tests: die there, by SIGKILL.")
def main(is_resumed: bool, is_replay: bool, until_empty: bool, die_at: str | None) -> None:
    """Land uploads: from the log to the object store and the catalogue.

    Ends with status 3 where a flood of messages that cannot be handled has stopped the pipeline.
    """
    logs.begin(sys.stdout)
    try:
        settings = Settings.from_environment()
        if is_replay:
            _replay(settings)
        else:
            failpoints = Failpoints.parse(die_at) if die_at else Failpoints()
            _run(settings, failpoints, is_resumed, until_empty)
    except Flooded as error:
        logging.getLogger("ingestion").error("%s", error)
        sys.exit(EXIT_FLOODED)
    except HubError as error:
        logging.getLogger("ingestion").error("%s", error)
        sys.exit(EXIT_FAILED)


def _replay(settings: Settings) -> None:
    log, dead_letters = hub.open_log(settings), hub.open_dead_letters(settings)
    count = replay(hub.open_catalogue(settings), log, dead_letters)
    click.echo(f"Messages put into the upload log again: {count}.")
    log.close()
    dead_letters.close()


def _run(settings: Settings, failpoints: Failpoints, is_resumed: bool, until_empty: bool) -> None:
    sandbox = Sandbox(os.cpu_count() or 1, must_be_confined=settings.confinement == "required")
    pipeline = Pipeline(
        database=hub.open_catalogue(settings),
        store=hub.open_store(settings),
        log=hub.open_log(settings),
        dead_letters=hub.open_dead_letters(settings),
        decode=sandbox.land,
        failpoints=failpoints,
    )
    if is_resumed:
        with pipeline.database.transaction() as cursor:
            resume(cursor, pipeline.log.topic)
    stop = _stop_on_signals()
    threading.Thread(target=keep_pruned, args=(pipeline.log, stop), daemon=True).start()
    threading.Thread(target=keep_answering, args=(pipeline, stop), daemon=True).start()
    Consumer(pipeline, workers=sandbox.size).run(stop, until_empty)
    sandbox.close()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def begin_to_stop(*_: object) -> None:
        stop.set()
        last_resort = threading.Timer(GRACE_SECONDS, os._exit, [0])
        last_resort.daemon = True
        last_resort.start()

    signal.signal(signal.SIGTERM, begin_to_stop)
    signal.signal(signal.SIGINT, begin_to_stop)
    return stop


if __name__ == "__main__":
    main()
