"""How a training run stands, in words. Pure."""

from __future__ import annotations

from imagehub.catalogue.training.training_queries import TrainingEntry
from webapp.training.service import Watched


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        whole = max(1, round(seconds))
        return "1 second" if whole == 1 else f"{whole} seconds"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes / 60:.1f} hours"


def standing(watched: Watched) -> str:
    """One or two sentences on where a run stands."""
    entry = watched.entry
    if entry.is_open and entry.is_cancel_asked:
        return "It is being stopped."
    match entry.state:
        case "queued":
            return _waiting(entry)
        case "preparing":
            return "The photos are made ready for training."
        case "training":
            left = watched.seconds_left
            soon = f" About {duration(left)} left." if left is not None else ""
            return f"Epoch {_epoch(entry)} of {entry.config.get('epochs')}{_step(entry)}.{soon}"
        case "exporting":
            return "The model is measured on the photos that were held out, and exported."
        case "done":
            return f"Done in {_took(entry)}."
        case "failed":
            return str(entry.reason)
    return "It was stopped before its end."


def share_done(entry: TrainingEntry) -> float | None:
    """The share of the training's steps that is done; None where that is unknown."""
    if entry.state != "training" or not entry.total:
        return None
    return min(1.0, entry.done / entry.total)


def _waiting(entry: TrainingEntry) -> str:
    ahead = (entry.place or 1) - 1
    position = f"{ahead} wait before it." if ahead > 1 else "One waits before it."
    position = position if ahead else "It is next."
    if entry.attempt:
        return (
            f"It was interrupted and goes on from its last epoch. {entry.reason or ''} {position}"
        )
    return f"It waits for its turn. {position}"


def _epoch(entry: TrainingEntry) -> int:
    epochs = int(entry.config.get("epochs", 1))
    if not entry.total:
        return min(entry.epochs_done + 1, epochs)
    return min(int(entry.done * epochs / entry.total) + 1, epochs)


def _step(entry: TrainingEntry) -> str:
    return f", step {entry.done:,} of {entry.total:,}" if entry.total else ""


def _took(entry: TrainingEntry) -> str:
    if entry.started_at is None or entry.finished_at is None:
        return "no time"
    return duration((entry.finished_at - entry.started_at).total_seconds())
