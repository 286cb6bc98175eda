"""The task of a training run's worker: everything that decides its weights. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imagehub.training_config import TrainingConfig
from training.shards import ShardFacts


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt of a run as its workers do it.

    `side_pixels` is that of the photos in `shards`; `network_sha256` names the pretrained network
    of a run that has one, which gives `features` numbers a photo. `batch` is one worker's, `steps`
    are those of an epoch, the same for every worker. Training goes on behind `first_epoch` epochs,
    from the checkpoint at `start_key`.
    """

    run_id: str
    attempt: int
    config: TrainingConfig
    classes: int
    side_pixels: int
    shards: tuple[ShardFacts, ...]
    workers: int
    batch: int
    steps: int
    start_key: str
    first_epoch: int = 0
    network_sha256: str = ""
    features: int = 0


RUNS = "training/runs/"


def checkpoint_key(run_id: str, epochs: int, attempt: int) -> str:
    """The key of the weights after `epochs` epochs; 0: what training begins from."""
    return f"{RUNS}{run_id}/checkpoint-{epochs:04d}-{attempt}.npz"


def checkpoint_prefix(run_id: str) -> str:
    """What the keys of all checkpoints of a run begin with."""
    return f"{RUNS}{run_id}/checkpoint-"


def run_of(key: str) -> str:
    """The run that a checkpoint is of, from its key."""
    return key.removeprefix(RUNS).partition("/")[0]


def epochs_of(key: str) -> int:
    """How many epochs a checkpoint has behind it, from its key."""
    return _place(key)[0]


def newest(keys: Iterable[str]) -> str | None:
    """The checkpoint with most epochs behind it, of the latest attempt; None if there is none."""
    return max(keys, key=_place, default=None)


def _place(key: str) -> tuple[int, int]:
    _, epochs, attempt = key.rpartition("/")[2].removesuffix(".npz").split("-")
    return int(epochs), int(attempt)
