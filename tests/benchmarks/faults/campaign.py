"""One campaign: a hub under load and under fire, then the checks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation.status import count
from imagehub.errors import Unavailable
from imagehub.hub import open_catalogue, open_log
from ingestion.consumer import GROUP
from ingestion.simulation.fleet import Fleet, FleetReport, send_all
from ingestion.simulation.history import History
from ingestion.simulation.history_checker import Violation
from ingestion.simulation.phone import NETWORKS, SendOutcome, SentUpload
from ingestion.simulation.tokens import make_tokens
from ingestion.simulation.wire import ServerAddress
from tests.benchmarks.faults.nemesis import Nemesis
from tests.benchmarks.faults.profiles import Hub, running_hub
from tests.benchmarks.faults.small_crowd import write_small_crowd
from tests.benchmarks.faults.verdict import broken_promises, replay_dead_letters
from tests.benchmarks.faults.waits import watch_while

PHONES = 40
TELL_SECONDS = 15.0
PATIENCE_SECONDS = 300.0
"""So long nothing at all may move before the hub counts as standing still."""


@dataclass(frozen=True)
class CampaignPlan:
    """How much is sent and killed, on which profile, with which luck."""

    profile: str
    uploads: int
    kills: int
    seed: int = 1


@dataclass(frozen=True)
class CampaignResult:
    """What a campaign found; `violations` is empty where every promise held."""

    acknowledged: int
    turned_away: int
    given_up: int
    kills: int
    pauses: int
    landed: int
    refused: int
    violations: tuple[Violation, ...]

    def count(self, *invariants: str) -> int:
        """How many uploads or images broke one of these promises."""
        return sum(found.count for found in self.violations if found.invariant in invariants)


def run(plan: CampaignPlan, say: Callable[[str], None]) -> CampaignResult:
    """Start a hub, send, kill, wait until it has settled, and check; `say` hears of progress."""
    with running_hub(plan.profile) as hub:
        history = hub.settings.data / "history.jsonl"
        database = open_catalogue(hub.settings)
        nemesis, report = _fight(plan, hub, database, say)
        say(f"sent after {dict(nemesis.killed)} kills and {nemesis.pauses} pauses")
        _settle(hub, database, say)
        hub.programs.stop()
        replay_dead_letters(hub.settings)
        violations = broken_promises(hub.settings, history, say)
        with database.transaction() as cursor:
            counts = count(cursor)
        database.close()
        return CampaignResult(
            acknowledged=report.count(SendOutcome.ACCEPTED),
            turned_away=report.count(SendOutcome.REFUSED),
            given_up=report.count(SendOutcome.GAVE_UP),
            kills=nemesis.killed.total(),
            pauses=nemesis.pauses,
            landed=counts.landed,
            refused=counts.refused,
            violations=tuple(violations),
        )


def _fight(
    plan: CampaignPlan, hub: Hub, database: Database, say: Callable[[str], None]
) -> tuple[Nemesis, FleetReport]:
    crowd = write_small_crowd(hub.settings.data / "crowd", plan.uploads, plan.seed)
    tokens = make_tokens(database, crowd.contributors, hub.settings.data / "tokens.json")
    nemesis = Nemesis.over(plan.uploads, plan.kills, plan.seed, hub.processes)
    history = History(hub.settings.data / "history.jsonl")
    fleet = Fleet(PHONES, ServerAddress.at(hub.settings.server), NETWORKS["bad"], plan.seed)
    ended: list[SentUpload] = []
    told_at = time.monotonic()

    def watch() -> None:
        nonlocal told_at
        hub.watch()
        nemesis.strike(len(ended))
        if time.monotonic() - told_at > TELL_SECONDS:
            told_at = time.monotonic()
            say(f"{len(ended)} of {plan.uploads} sent, {nemesis.killed.total()} killed")

    report = watch_while(lambda: send_all(fleet, crowd, tokens, history, ended.append), watch)
    history.close()
    return nemesis, report


def _settle(hub: Hub, database: Database, say: Callable[[str], None]) -> None:
    """Return when no message waits; raise Unavailable if the hub stands still with some left."""
    log = open_log(hub.settings)
    last, moved_at = -1, time.monotonic()
    while True:
        hub.watch()
        try:
            left = log.lag(GROUP)
        except Unavailable:  # a part is just coming back
            left = last
        if left == 0:
            log.close()
            return
        if left != last:
            say(f"{left} wait in the log")
            last, moved_at = left, time.monotonic()
        elif time.monotonic() - moved_at > PATIENCE_SECONDS:
            raise Unavailable(f"Nothing has moved, and {left} messages wait in the log.")
        time.sleep(1.0)
