"""What a training run on a release would be: checked, estimated, and asked for within a quota."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagehub import training_config
from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.releases.release_queries import ReleaseEntry
from imagehub.catalogue.training import training_queries, training_requests
from imagehub.catalogue.training.training_requests import TrainingRequest, Use
from imagehub.errors import NotFound, Refused
from imagehub.settings import Settings
from imagehub.training_config import Estimate, ShortLabel, Summary, TrainingConfig
from imagehub.vocabulary import Account, Role
from webapp.releases import service as releases

QUOTA_DAYS = 30
EXECUTORS = 2
"""Of the embedded hub, and what is reckoned with where the Spark master does not say."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run that could be asked for; `problem` says why it cannot be, `short` which labels lack.

    Without `has_trainer` it would wait for an operator to start one.
    """

    release: ReleaseEntry
    config: TrainingConfig
    executors: int
    estimate: Estimate
    short: tuple[ShortLabel, ...]
    problem: Refused | None
    has_trainer: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """What an account used of what it may within QUOTA_DAYS."""

    used: Use
    runs: int
    minutes: int

    def refusal(self, expected_minutes: float) -> Refused | None:
        """Why a further run of `expected_minutes` would exceed the quota; None if it would not."""
        if self.used.runs >= self.runs:
            return Refused(
                "training_quota",
                f"You asked for {self.used.runs} runs in {QUOTA_DAYS} days, and {self.runs} are"
                " yours. An admin can raise that.",
            )
        if self.used.minutes + expected_minutes > self.minutes:
            return Refused(
                "training_quota",
                f"This run would take about {expected_minutes:.0f} cluster minutes. You used"
                f" {self.used.minutes:.0f} of {self.minutes} in {QUOTA_DAYS} days.",
            )
        return None


def plan(
    database: Database, settings: Settings, release_id: str, fields: Mapping[str, Any]
) -> RunPlan:
    """Check a wish against a release; what was not given has its default.

    Raises NotFound unless the release is ready, Refused(`training_config_wrong`) naming the field.
    """
    release = releases.show(database, release_id)
    if release.frozen is None:
        raise NotFound(f"The release {release_id} is not ready.")
    config = training_config.read(fields)
    with database.transaction() as cursor:
        summary = _named(cursor, release.frozen.summary)
        has_trainer = training_queries.has_trainer(cursor)
    try:
        training_config.require_enough(summary, config)
        problem = None
    except Refused as error:
        problem = error
    executors = executors_of(settings)
    return RunPlan(
        release=release,
        config=config,
        executors=executors,
        estimate=training_config.estimate(config, summary, executors),
        short=tuple(training_config.short_labels(summary, config.photos_per_label)),
        problem=problem,
        has_trainer=has_trainer,
    )


def quota(database: Database, settings: Settings, account: Account) -> Quota:
    """How much of its quota an account has used."""
    with database.transaction() as cursor:
        return _quota(cursor, settings, account)


def ask(
    database: Database,
    settings: Settings,
    account: Account,
    release_id: str,
    fields: Mapping[str, Any],
) -> str:
    """Ask for a run; returns its id. Admins have no quota.

    Raises Refused with what is wrong, what the release lacks, or that the quota is used up: of two
    wishes at once that would both take the last of it, one is written down.
    """
    run_plan = plan(database, settings, release_id, fields)
    if run_plan.problem is not None:
        raise run_plan.problem
    minutes = run_plan.estimate.executor_minutes
    with database.transaction() as cursor:
        accounts.lock(cursor, account.id)
        refusal = _quota(cursor, settings, account).refusal(minutes)
        if refusal is not None and Role.ADMIN not in account.roles:
            raise refusal
        config = run_plan.config.model_dump(mode="json")
        return training_requests.add(
            cursor, TrainingRequest(account.id, release_id, config, run_plan.executors, minutes)
        )


def executors_of(settings: Settings) -> int:
    """How many executors a run is reckoned to have."""
    counted = re.fullmatch(r"local-cluster\[(\d+),.*\]", settings.spark_master)
    return int(counted[1]) if counted else EXECUTORS


def _quota(cursor: Cursor, settings: Settings, account: Account) -> Quota:
    used = training_requests.use(cursor, account.id, QUOTA_DAYS)
    return Quota(used, settings.training_runs, settings.training_minutes)


def _named(cursor: Cursor, summary: Summary) -> dict[str, Mapping[str, int]]:
    """The summary with names in place of MIDs; where two labels share one, with both."""
    known = {
        entry.label.mid: entry.label.name
        for entry in label_queries.find_many(cursor, list(summary))
    }
    names = {mid: known.get(mid, mid) for mid in summary}
    often = Counter(names.values())
    return {
        names[mid] if often[names[mid]] == 1 else f"{names[mid]} ({mid})": splits
        for mid, splits in summary.items()
    }
