"""Models as people read them: what a training run left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class StoredModelFile:
    """A file of a model; `key` is where it lies, `sha256` is hex."""

    name: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model: its labels in the order of its outputs, how right it is, and its files by name."""

    id: str
    labels: tuple[Label, ...]
    metrics: Mapping[str, Any]
    files: Mapping[str, StoredModelFile]
    made_at: datetime


def withdrawn_photos(cursor: Cursor, model_id: UUID) -> int:
    """How many of the photos that the model was trained on were withdrawn since."""
    cursor.execute(
        """
        select count(*) as photos
        from training_runs r
        join release_withdrawals w on w.release_id = r.release_id
        where r.id = %s and w.path like 'train/%%' and w.withdrawn_at >= r.started_at
        """,
        (model_id,),
    )
    return int(cursor.fetchone().photos)


def owners(cursor: Cursor, release_id: str) -> list[tuple[UUID, UUID]]:
    """The models of a release's runs, each with the account that asked for it."""
    cursor.execute(
        """
        select m.id, q.account_id
        from models m
        join training_requests q on q.id = m.id
        where q.release_id = %s
        order by m.id
        """,
        (release_id,),
    )
    return [(row.id, row.account_id) for row in cursor.fetchall()]


def find(cursor: Cursor, model_id: UUID) -> ModelEntry | None:
    """The model that the run with this id left."""
    cursor.execute(
        "select id::text, labels, metrics, files, made_at from models where id = %s",
        (model_id,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return ModelEntry(
        id=row.id,
        labels=tuple(Label(label["mid"], label["name"]) for label in row.labels),
        metrics=row.metrics,
        files={name: StoredModelFile(name, **facts) for name, facts in sorted(row.files.items())},
        made_at=row.made_at,
    )
