"""`imagehub train`: train a model on a release, on the hub's cluster."""

from __future__ import annotations

from typing import Any

import click

from imagehub.answers.training import TrainingEstimate
from imagehub.client import HubClient
from imagehub.client.training import TrainingClient
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import write_fields, write_json
from imagehub.commands.training_run import follow
from imagehub.training_config import Augmentation, Base

NO_TRAINER = "none is at work on this hub now: a run would wait until its operator starts one"


@click.command()
@click.argument("release")
@click.option(
    "--base",
    type=click.Choice([base.value for base in Base]),
    help="What training begins from; transfer if left out.",
)
@click.option("--epochs", type=click.IntRange(1, 200), help="How often each photo is seen.")
@click.option(
    "--image-size", "image_size_pixels", type=int, help="Side in pixels; from scratch only."
)
@click.option(
    "--augmentation",
    type=click.Choice([kind.value for kind in Augmentation]),
    help="How photos are varied.",
)
@click.option("--photos-per-label", type=int, help="Fewest photos that each label needs.")
@click.option("--seed", type=int, help="The same seed, the same beginning.")
@click.option("--estimate", "is_estimate", is_flag=True, help="Only say what it would take.")
@click.option("--wait", "is_awaited", is_flag=True, help="Follow the run until it has ended.")
@as_json
@speaks_to_hub
def command(
    client: HubClient,
    release: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Train a model that tells RELEASE's labels apart, and print the run's id.

    For premium accounts. What is left out has a default that fits the base.

    \b
    Example:
      imagehub train mugs-1 --estimate
      imagehub train mugs-1 --wait
    """
    training = TrainingClient(client)
    is_estimate, is_awaited = options.pop("is_estimate"), options.pop("is_awaited")
    wish = {name: value for name, value in options.items() if value is not None}
    if is_estimate:
        return _tell(training.estimate(release, wish), as_json)
    run = training.ask(release, wish)
    if is_awaited:
        return follow(training, run.id, as_json)
    return write_json(run.model_dump()) if as_json else click.echo(run.id)


def _tell(found: TrainingEstimate, as_json: bool) -> None:
    if as_json:
        return write_json(found.model_dump())
    return write_fields(
        [
            ("release", found.release),
            *((name.replace("_", " "), value) for name, value in found.config.items() if value),
            ("minutes", round(found.seconds / 60, 1)),
            ("cluster minutes", round(found.cluster_minutes, 1)),
            ("cannot be begun", found.problem),
            ("trainer", None if found.trainer_at_work else NO_TRAINER),
        ]
    )
