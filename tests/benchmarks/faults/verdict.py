"""What must hold when a campaign is over: of the uploads, of the objects, and of a replay."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from imagehub.catalogue.database import Database
from imagehub.errors import Unavailable
from imagehub.hub import open_log
from imagehub.settings import Settings
from imagehub.storage import keys
from ingestion.consumer import GROUP
from ingestion.simulation.history import read_history
from ingestion.simulation.history_checker import MOST_EXAMPLES, HubFacts, Violation, check
from ingestion.simulation.hub_facts import FactSources, collect
from tests.benchmarks.faults.table_digests import digests

READING_SECONDS = 1800.0
"""Reading 50,000 messages again takes a minute or two."""

REWIND_SECONDS = 60.0
"""A group of Kafka waits for members that were killed before others may read in their place."""


def replay_dead_letters(settings: Settings) -> None:
    """Do what an operator does with messages whose process was killed three times."""
    _ingestion(settings, "--replay-dead-letters")
    _ingestion(settings, "--until-empty")


def broken_promises(
    settings: Settings, history: Path, say: Callable[[str], None]
) -> list[Violation]:
    """Check all; the hub's programs stand still, its servers run."""
    sources = FactSources.of(settings)
    say("reading every row and object")
    facts = collect(sources)
    found = check(read_history(history), facts, is_only_source=True)
    found += _orphans(sources, facts)
    found += _changed_by_replay(settings, sources.database, say)
    sources.database.close()
    return found


def _orphans(sources: FactSources, facts: HubFacts) -> Iterator[Violation]:
    """Objects of no image; nothing else is stored here."""
    expected = {key for image in facts.images.values() for key in keys.of_photo(image.photo_sha256)}
    orphans = sorted(set(sources.store.keys("")) - expected)
    yield from _violation("I6", "objects that belong to no image", orphans)


def _changed_by_replay(
    settings: Settings, database: Database, say: Callable[[str], None]
) -> Iterator[Violation]:
    before = digests(database)
    say(f"replaying {_rewind(settings)} messages from zero")
    _ingestion(settings, "--until-empty")
    after = digests(database)
    changed = [table for table in before if before[table] != after[table]]
    yield from _violation("replay", "tables that a replay from zero has changed", changed)


def _rewind(settings: Settings) -> int:
    """Go back to the beginning; return how many messages are there."""
    log = open_log(settings)
    consumer = log.consumer(GROUP)
    deadline = time.monotonic() + REWIND_SECONDS
    while True:
        try:
            consumer.rewind()
            break
        except Unavailable:
            if time.monotonic() > deadline:
                raise
    consumer.close()
    messages = log.lag(GROUP)
    log.close()
    return messages


def _ingestion(settings: Settings, *options: str) -> None:
    with (settings.data / "logs" / "replay.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "ingestion", *options],
            env=settings.for_child(),
            stdout=log,
            stderr=log,
            check=True,
            timeout=READING_SECONDS,
        )


def _violation(invariant: str, sentence: str, names: Iterable[str]) -> Iterator[Violation]:
    concerned = list(names)
    if concerned:
        yield Violation(invariant, sentence, len(concerned), tuple(concerned[:MOST_EXAMPLES]))
