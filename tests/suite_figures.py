"""How long the whole suite took, and how many tests it ran: `build/figures/suite.json`."""

from __future__ import annotations

import time

import pytest

from deploy.figures import add_figures


class Count:
    """Counts the tests that passed; a run of some of the tests is not written down."""

    def __init__(self) -> None:
        self._began_at = time.monotonic()
        self._tests = 0
        self._is_whole = True

    def pytest_deselected(self) -> None:
        """Some tests were left out."""
        self._is_whole = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One more, if it passed."""
        self._tests += report.when == "call" and report.passed

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the figures of a run that went well."""
        chosen = session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS
        if exitstatus == pytest.ExitCode.OK and self._tests and self._is_whole and not chosen:
            seconds = round(time.monotonic() - self._began_at, 2)
            add_figures("suite", seconds=seconds, tests=self._tests)


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that hears of all tests, not in its workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Count())
