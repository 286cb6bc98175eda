"""`python -m tests.fuzz`: what `make fuzz` runs."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

import click

from deploy.figures import add_figures
from tests.benchmarks.parts import LOGS
from tests.fuzz import photo_campaign, wire_cases
from tests.fuzz.photo_campaign import LANDED, PhotoOutcomes, PhotoPlan
from tests.fuzz.portal import running_portal
from tests.fuzz.web_answers import PATIENCE_SECONDS, WebAnswers
from tests.fuzz.web_campaign import WebCampaign, WebPlan

TELL_SECONDS = 10
HANGS = 1000
"""Stands for the status of an answer that does not come."""


@click.group()
def main() -> None:
    """Send odd requests to a hub, or damaged photos to its decoder."""


@main.command()
@click.option("--cases", type=click.IntRange(1), default=50_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--each", type=click.IntRange(1), default=50, help="Of each route in a round.")
@click.option("--coverage/--no-coverage", default=True, help="With schemathesis' coverage phase.")
def api(cases: int, seed: int, each: int, coverage: bool) -> None:
    """Ask every operation, page and form oddly; exit 1 for a 5xx, a hang or a broken connection.

    What the server logs is in `build/logs/`.
    """
    plan = WebPlan(cases, seed, each, coverage)
    LOGS.mkdir(parents=True, exist_ok=True)
    began_at, told_at, told = time.monotonic(), 0.0, 0
    with running_portal(LOGS) as web:
        for answers in WebCampaign(plan, web).run():
            seconds = time.monotonic() - began_at
            for what in answers.broken[told:]:
                click.echo(what)
            told = len(answers.broken)
            if seconds - told_at > TELL_SECONDS or answers.cases == cases:
                told_at = seconds
                _tell_answers(answers, seconds)
    click.echo(f"never served: {', '.join(answers.never_served()) or 'none'}")
    sys.exit(1 if answers.broken else 0)


@main.command()
@click.option("--cases", type=click.IntRange(1), default=20_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def wire(cases: int, seed: int) -> None:
    """Send odd bytes to the portal's port; exit 1 for an answer of 500 or more, or for none."""
    LOGS.mkdir(parents=True, exist_ok=True)
    statuses: Counter[int] = Counter()
    broken = 0
    chance = random.Random(seed)
    with running_portal(LOGS) as web:
        for _ in range(cases):
            request = wire_cases.make(chance)
            try:
                status = wire_cases.send(web.url, request, PATIENCE_SECONDS)
            except TimeoutError:
                status = HANGS
            statuses[status] += 1
            if status >= 500:
                broken += 1
                click.echo(f"{status}: {request[:300]!r}")
    click.echo(", ".join(f"{count} {status}" for status, count in statuses.most_common()))
    add_figures("hold", fuzz_wire_cases=cases, fuzz_wire_5xx=broken)
    sys.exit(1 if broken else 0)


def _tell_answers(answers: WebAnswers, seconds: float) -> None:
    slowest, route = answers.slowest
    shares = ", ".join(f"{kind} {share:.1%}" for kind, share in answers.shares().items())
    click.echo(
        f"{seconds:6.0f} s  {answers.cases} cases: {shares}; {answers.errors} of 500 or more,"
        f" {answers.hangs} hangs, {answers.breaks} broken connections; the slowest {slowest:.1f} s"
        f" ({route})",
        err=True,
    )
    add_figures(
        "hold",
        fuzz_cases=answers.cases,
        fuzz_5xx=answers.errors,
        fuzz_hangs=answers.hangs,
        fuzz_broken_connections=answers.breaks,
        fuzz_seconds=round(seconds, 1),
    )


@main.command()
@click.option("--cases", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--first", type=click.IntRange(0), default=0, help="Begin with this mutant.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--seeds",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Make mutants of the files in this folder too.",
)
def photos(cases: int, seed: int, first: int, workers: int, folder: Path | None) -> None:
    """Mutate photos and have them decoded; exit 1 if one is neither an image nor refused."""
    plan = PhotoPlan(cases, seed, first, workers, folder)
    began_at = time.monotonic()
    total = PhotoOutcomes()
    for batch in photo_campaign.run(plan):
        total.add(batch)
        for what in batch.broken:
            click.echo(f"BROKEN {what}", err=True)
        _tell(total, time.monotonic() - began_at)
        add_figures("hold", mutated_photos=total.ends.total(), mutants_broken=len(total.broken))
    for number in total.over_limits:
        click.echo(f"over the limits: {plan.command} --first {number} --cases 1")
    click.echo(", ".join(f"{count} {end}" for end, count in total.ends.most_common()))
    sys.exit(1 if total.broken else 0)


def _tell(total: PhotoOutcomes, seconds: float) -> None:
    tried = total.ends.total()
    click.echo(
        f"{seconds:6.0f} s  {tried} mutants, {tried / seconds:.0f} a second,"
        f" {total.ends[LANDED]} landed, {len(total.over_limits)} over the limits, the longest"
        f" {total.longest_seconds:.1f} s, the child's memory {total.most_memory_bytes >> 20} MiB",
        err=True,
    )


if __name__ == "__main__":
    main()
