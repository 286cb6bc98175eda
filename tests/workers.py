"""How the tests are shared among pytest's workers (pytest-xdist), and what makes that bearable."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

PROGRAMS = frozenset(
    {
        "tests/journeys/test_bad_inputs.py",
        "tests/journeys/test_cluster_profile.py",
        "tests/journeys/test_fault_campaign.py",
        "tests/journeys/test_local_cluster.py",
        "tests/journeys/test_standalone_cluster.py",
        "tests/journeys/test_toy_benchmarks.py",
        "tests/journeys/test_training_run.py",
        "tests/journeys/test_training_watched.py",
        "tests/journeys/test_up.py",
        "tests/journeys/test_way_of_one_photo.py",
    }
)
"""Files whose tests start whole hubs and clusters: each of them takes every core, and Spark names
the files of a cluster on one machine by the second in which it began."""

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Java that lives for a test: to compile itself well costs it half of its time."""

os.environ.setdefault("JAVA_TOOL_OPTIONS", SHORT_LIVED)
# The other worker may hold the processor: how long an example takes says nothing of our code.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


class ByFile(LoadScopeScheduling):
    """The tests of a file stay together; those of PROGRAMS run one after another."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "programs" if file in PROGRAMS else file


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Callable[..., Any]
) -> LoadScopeScheduling:
    """One queue of files, in the order of their collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker waits for it in the end."""
    items.sort(key=lambda item: item.nodeid.partition("::")[0] not in PROGRAMS)
