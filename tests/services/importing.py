"""A hub in small into which commands import: the command runs here, and ingestion when asked."""

from __future__ import annotations

import json
import multiprocessing
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from imagehub.catalogue.imports.import_rows import OUTCOMES
from imagehub.cli import main
from imagehub.commands.import_report import all_rows
from imagehub.importing import following
from tests.services.withdrawing import WithdrawingHub


@dataclass
class ImportingHub(WithdrawingHub):
    """Runs `imagehub import` on its own catalogue and log."""

    def command(self, *arguments: object) -> Result:
        """Run one `imagehub import` command."""
        environment = {
            "IMAGEHUB_CATALOGUE_URL": self.url,
            "IMAGEHUB_DATA": str(self.settings.data),
            "IMAGEHUB_LOG_TOPIC": self.topic,
        }
        return CliRunner(env=environment).invoke(main, ["import", *map(str, arguments)])

    def report(self, *arguments: object) -> dict[str, Any]:
        """The report that a command prints as JSON; the command must succeed."""
        result = self.command(*arguments, "--json")
        assert result.exit_code == 0, (result.output, result.exception)
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    def bring(self, source: Path, *options: object) -> dict[str, Any]:
        """Import a source, land it, and report."""
        name = self.report("start", source, *options)["name"]
        self.land_all()
        return self.report("show", name)

    def import_rows(self, name: str) -> dict[str, tuple[str, str]]:
        """What became of each row: its place -> outcome and code."""
        following.settle(self.database)
        return {
            row.place.key + (f" [{row.place.number}]" if row.place.number else ""): (
                row.outcome,
                row.code,
            )
            for outcome in OUTCOMES
            for row in all_rows(self.database, name, outcome)
        }

    def count(self, table: str, condition: str = "true") -> int:
        """How many rows of a table there are."""
        with self.database.transaction() as cursor:
            cursor.execute(f"select count(*) as rows from {table} where {condition}")
            return int(cursor.fetchone().rows)

    def kill_after_progress(
        self, count: str, by: int, dice: random.Random, *command: object
    ) -> bool:
        """Run a command and kill it a random moment after a count has grown; False if it ended."""
        start = self._number(count)
        context = multiprocessing.get_context("fork")
        process = context.Process(target=self.command, args=command)
        process.start()
        while process.is_alive() and self._number(count) < start + by:
            process.join(0.001)
        process.join(dice.uniform(0, 0.005))
        is_alive = process.is_alive()
        process.kill()
        process.join()
        return is_alive

    def _number(self, statement: str) -> int:
        with self.database.transaction() as cursor:
            cursor.execute(statement)
            return int(cursor.fetchone()[0] or 0)
