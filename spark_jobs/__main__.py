"""Run one job once, or all of them whenever there is work: `python -m spark_jobs JOB`.

`versions` lists the versions of verification, goes back to the one before (`roll-back`) or forward
to the one that was withdrawn (`roll-forward`).
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from imagehub import logs
from imagehub.catalogue.database import Database
from imagehub.errors import HubError
from imagehub.hub import open_catalogue, open_store
from imagehub.settings import Settings
from spark_jobs import jobs
from spark_jobs.verify import version_history
from spark_jobs.watch import watch

STATEMENT_TIMEOUT_SECONDS = 600
STOP = threading.Event()
"""Set by SIGTERM."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, open the doors, run; 0 if all went well, 1 with a sentence if not."""
    parser = argparse.ArgumentParser(prog="python -m spark_jobs", description=__doc__)
    parser.add_argument("job", choices=[*jobs.NAMES, "watch", "versions"], help="which job to run")
    parser.add_argument(
        "action", nargs="?", choices=version_history.ACTIONS, help="what to do with versions"
    )
    parsed = parser.parse_args(arguments)
    if parsed.action and parsed.job != "versions":
        parser.error(f"{parsed.job} takes no action")
    logs.begin(sys.stderr)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)
    try:
        if parsed.job == "versions":
            _act(parsed.action or "list", Settings.from_environment())
        else:
            _run(parsed.job, Settings.from_environment())
    except HubError as error:
        print(f"{parsed.job}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _act(action: str, settings: Settings) -> None:
    database = Database(open_catalogue(settings).url)
    try:
        print(version_history.act(action, database))
    finally:
        database.close()


def _run(chosen: str, settings: Settings) -> None:
    database = Database(open_catalogue(settings).url, STATEMENT_TIMEOUT_SECONDS)
    store = open_store(settings)
    try:
        if chosen == "watch":
            watch(settings, database, store, STOP)
        elif chosen in jobs.SPARK_JOBS:
            from spark_jobs.session import running_spark  # a plain job does without pyspark

            with running_spark(settings, chosen) as spark:
                jobs.execute(chosen, settings, spark, database, store)
        else:
            jobs.execute(chosen, settings, None, database, store)
    finally:
        database.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    STOP.set()  # Python drops what is raised within a finalizer, such as those of Py4J
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
