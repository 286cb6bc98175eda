"""A hub with one release whose trainers' attempts are any program, so that nothing is trained."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_queries, training_runs
from imagehub.settings import Settings
from imagehub.training_config import read
from imagehub.vocabulary import Account
from tests import factories
from training.service import SilenceLimits, Trainer

SLEEPS = "import time; time.sleep(300)"
FAILS = "raise SystemExit(1)"
CONFIG = read({}).model_dump(mode="json")


@dataclass
class Hub:
    """A catalogue with one release, and the trainers' settings."""

    database: Database
    settings: Settings
    release_id: str

    def queue(self) -> str:
        with self.database.transaction() as cursor:
            return str(training_runs.queue(cursor, self.release_id, CONFIG))

    def state(self, run_id: str) -> str:
        return self.run(run_id).state

    def run(self, run_id: str) -> training_runs.RunState:
        with self.database.transaction() as cursor:
            found = training_runs.find(cursor, run_id)
        assert found is not None
        return found

    def has_trainer(self) -> bool:
        with self.database.transaction() as cursor:
            return training_queries.has_trainer(cursor)

    def ask(self, account: Account) -> str:
        """A request, as the web side writes it; the id of its run."""
        with self.database.transaction() as cursor:
            cursor.execute(
                "insert into training_requests (release_id, account_id, config)"
                " values (%s, %s, '{}') returning id::text",
                (self.release_id, str(account.id)),
            )
            request = cursor.fetchone().id
            training_runs.queue_requests(cursor)
            cursor.execute("select id::text from training_runs where request_id = %s", (request,))
            return str(cursor.fetchone().id)

    @contextmanager
    def trainer(self, program: str, **silence_limits: float) -> Iterator[Trainer]:
        """A trainer whose attempts are this Python program."""
        trainer = Trainer(
            self.settings,
            Database(self.database.url),
            SilenceLimits(**silence_limits),
            attempt=(sys.executable, "-c", program),
        )
        thread = threading.Thread(target=trainer.serve)
        thread.start()
        try:
            yield trainer
        finally:
            trainer.stop.set()
            thread.join(30)
            assert not thread.is_alive()


def started(database: Database, catalogue_url: str, folder: Path) -> Hub:
    """A hub with a release of dogs."""
    with database.transaction() as cursor:
        dog = factories.label(cursor, "Dog")
        factories.publish_label_sets(cursor)
        release = factories.release(
            cursor, factories.subset(cursor, [dog]), {dog.mid: {"train": 30, "test": 5}}
        )
    settings = Settings(data=folder, catalogue_url=catalogue_url)
    return Hub(database, settings, release)
