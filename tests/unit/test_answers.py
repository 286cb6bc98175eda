"""Answers are strict where the API makes one and lenient where a client reads one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from imagehub.answers.answer import Answer
from imagehub.answers.labels import LabelInPlace
from imagehub.answers.models import Predictions, TrainedModel
from imagehub.answers.releases import Document, Release, Releases, Withdrawals
from imagehub.answers.subsets import SubsetAnswer, Wish
from imagehub.answers.training import TrainingEstimate, TrainingRun, WatchedRun
from imagehub.answers.uploads import Receipt, Receipts
from imagehub.client.reading import read
from imagehub.errors import Misconfigured
from webapp.api import SUBJECTS
from webapp.operation.probes_api import endpoints as probes

MOMENT = "2026-05-01T08:00:00Z"
LEAST: dict[type[Answer], dict[str, Any]] = {
    LabelInPlace: {"mid": "/m/0bt9lr", "name": "Dog"},
    Receipt: {"id": "00000000-0000-0000-0000-000000000007", "state": "accepted"},
    Receipts: {"uploads": []},
    Release: {"id": "pets-1", "subset": "pets", "number": 1, "state": "ready"},
    Releases: {"releases": []},
    Document: {"name": "CREDITS.md", "bytes": 3, "sha256": "00"},
    Withdrawals: {},
    SubsetAnswer: {
        "name": "pets",
        "labels": ["/m/0bt9lr"],
        "min_short_side_pixels": 64,
        "keepers_only": True,
        "splits": {"train": 1.0},
    },
    Wish: {"id": "pets-1"},
    TrainingEstimate: {"release": "pets-1", "config": {}, "seconds": 1, "cluster_minutes": 1},
    TrainingRun: {
        "id": "7",
        "release": "pets-1",
        "config": {},
        "state": "waiting",
        "asked_at": MOMENT,
    },
    TrainedModel: {
        "id": "7",
        "release": "pets-1",
        "made_at": MOMENT,
        "labels": [],
        "accuracy": 0.5,
        "metrics": {},
        "files": [],
    },
    Predictions: {"predictions": []},
}
"""The least that an older hub sends."""

LEAST[WatchedRun] = LEAST[TrainingRun]

TAKEN: dict[type[Answer], dict[str, Any]] = {
    LabelInPlace: {
        **dict.fromkeys(["images", "own_images", "kinds", "claimed", "verified"], 0),
        **dict.fromkeys(["needs_review", "rejected"], 0),
        **dict.fromkeys(["trail", "parents", "children", "parts", "wholes"], ()),
    },
    Receipt: {
        **dict.fromkeys(["claimed_label", "photo_sha256", "image_id", "duplicate_of"]),
        "steps": (),
        "verdict": None,
    },
    Withdrawals: {"csv": "", "signature": "", "held_back": ()},
    SubsetAnswer: {"cap_per_label": None, "created_at": None},
    TrainingEstimate: {"problem": None, "labels_short": (), "trainer_at_work": True},
    WatchedRun: {
        **dict.fromkeys(["place_in_queue", "total", "photos_per_second", "seconds_left"]),
        **dict.fromkeys(["reason", "model", "started_at", "finished_at"]),
        **dict.fromkeys(["epochs_done", "done", "attempt"], 0),
        "cancel_asked": False,
        "trainer_at_work": True,
        "curves": (),
        "log": (),
    },
    TrainedModel: {"withdrawn_photos": 0, "card": ()},
}
"""What a client takes for what is not sent."""


@pytest.mark.parametrize("kind", LEAST, ids=lambda kind: kind.__name__)
def test_a_client_reads_an_answer_of_an_older_hub(kind: type[Answer]) -> None:
    found = read(kind, LEAST[kind])
    expected = TAKEN.get(kind, {})
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("kind", LEAST, ids=lambda kind: kind.__name__)
def test_a_client_leaves_aside_what_a_newer_hub_adds(kind: type[Answer]) -> None:
    assert read(kind, {**LEAST[kind], "added_later": 1}) == read(kind, LEAST[kind])


@pytest.mark.parametrize("kind", TAKEN, ids=lambda kind: kind.__name__)
def test_the_api_leaves_no_field_out(kind: type[Answer]) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        kind.model_validate(LEAST[kind])


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, body in LEAST.items() for name in body],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_every_hub_sends_may_not_be_missing(kind: type[Answer], name: str) -> None:
    body = {key: value for key, value in LEAST[kind].items() if key != name}
    with pytest.raises(Misconfigured, match="Is it a hub"):
        read(kind, body)


def test_every_answer_of_the_api_stands_in_the_core() -> None:
    declared = [endpoint for subject in (*SUBJECTS, probes) for endpoint in subject.declared]
    answers = {endpoint.answer for endpoint in declared if endpoint.answer}
    assert len(answers) > 20
    assert {answer for answer in answers if not issubclass(answer, Answer)} == set()


def test_leniency_reaches_into_nested_answers() -> None:
    dog = {"mid": "/m/0bt9lr", "name": "Dog", "added_later": 1}
    found = read(LabelInPlace, {**dog, "parents": [dog]})
    assert [(label.name, label.images) for label in found.parents] == [("Dog", 0)]


def test_a_client_reads_states_and_evidence_that_it_does_not_know() -> None:
    evidence = {"source": "network", "speaks": "in_riddles", "sentence": "Perhaps."}
    receipt = read(Receipt, {**LEAST[Receipt], "verdict": {"evidence": [evidence]}})
    assert receipt.verdict
    assert receipt.verdict.evidence[0].speaks == "no_opinion"
    assert read(Release, {**LEAST[Release], "state": "archived"}).state == "archived"


def test_a_client_reads_no_nonsense() -> None:
    with pytest.raises(Misconfigured):
        read(TrainingRun, {**LEAST[TrainingRun], "config": "epochs=3"})
    with pytest.raises(Misconfigured):
        read(Release, {**LEAST[Release], "summary": ["train"]})
