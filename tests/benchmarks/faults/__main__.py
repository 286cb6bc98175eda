"""`python -m tests.benchmarks.faults`: what `make bench-faults` runs."""

from __future__ import annotations

import sys
import time

import click

from deploy.figures import add_figures
from tests.benchmarks.faults.campaign import CampaignPlan, CampaignResult, run
from tests.benchmarks.faults.profiles import PROFILES

LOST = ("I1", "I4", "I5")
DOUBLED = ("I2",)


@click.command()
@click.option("--uploads", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--kills", type=click.IntRange(0), default=200, show_default=True)
@click.option("--profile", type=click.Choice([*PROFILES, "both"]), default="both")
@click.option("--seed", type=int, default=1, show_default=True)
def main(uploads: int, kills: int, profile: str, seed: int) -> None:
    """Send small photos while parts of the hub are killed; exit 1 if a promise was broken.

    `both` shares uploads and kills between the two profiles, one after the other.
    """
    chosen = PROFILES if profile == "both" else (profile,)
    results = []
    for name in chosen:
        results.append(
            campaign(CampaignPlan(name, uploads // len(chosen), kills // len(chosen), seed))
        )
        write(results)  # also where the next profile is cut short
    sys.exit(0 if not any(result.violations or result.given_up for result in results) else 1)


def campaign(plan: CampaignPlan) -> CampaignResult:
    """Run one campaign and print what it found."""
    began_at = time.monotonic()

    def say(words: str) -> None:
        click.echo(f"{time.monotonic() - began_at:5.0f} s  {plan.profile}: {words}", err=True)

    result = run(plan, say)
    for broken in result.violations:
        examples = ", ".join(broken.examples)
        say(f"{broken.invariant}: {broken.count} {broken.sentence}: {examples}")
    say(
        f"{result.acknowledged} acknowledged = {result.landed} landed + {result.refused} refused;"
        f" {result.turned_away} turned away, {result.given_up} given up, {result.kills} kills,"
        f" {result.pauses} pauses"
    )
    return result


def write(results: list[CampaignResult]) -> None:
    """Add the figures of all campaigns to `build/figures/hold.json`."""
    add_figures(
        "hold",
        uploads_in_campaign=sum(result.acknowledged for result in results),
        kills=sum(result.kills for result in results),
        lost=sum(result.count(*LOST) for result in results),
        doubled=sum(result.count(*DOUBLED) for result in results),
    )


if __name__ == "__main__":
    main()
