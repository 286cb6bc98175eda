"""The history checker: silent on a hub that keeps its word, loud on every planted breach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from imagehub.catalogue.operation.audit import SettledUpload
from imagehub.errors import Misconfigured
from ingestion.simulation.history import History, HistoryEvent, HistoryKind, read_history
from ingestion.simulation.history_checker import HubFacts, ImageFact, check

LANDED, REFUSED, IN_DOUBT, DOOR, DEAD = "landed", "refused", "in-doubt", "door", "dead"
IMAGE = "0123456789abcdef"


def operation(upload: str, *endings: HistoryKind, status: int | None = None) -> list[HistoryEvent]:
    """Events of one upload: each attempt is invoked and ends as said (INVOKE: never)."""
    events = []
    for attempt, kind in enumerate(endings, start=1):
        begun = HistoryEvent(HistoryKind.INVOKE, upload, attempt, phone=0, photo_sha256="aa")
        events.append(begun)
        if kind is not HistoryKind.INVOKE:
            events.append(replace(begun, kind=kind, status=status))
    return events


HISTORY = [
    *operation(LANDED, HistoryKind.INFO, HistoryKind.OK, HistoryKind.OK),
    *operation(REFUSED, HistoryKind.OK),
    *operation(IN_DOUBT, HistoryKind.INVOKE),
    *operation(DOOR, HistoryKind.FAIL, status=415),
    *operation(DEAD, HistoryKind.OK),
]
LANDED_ROW = SettledUpload(LANDED, "aa", "landed", None, IMAGE)
REFUSED_ROW = SettledUpload(REFUSED, "aa", "refused", "truncated", None)
GOOD = HubFacts(
    uploads=(LANDED_ROW, REFUSED_ROW, SettledUpload(IN_DOUBT, "aa", "landed", None, IMAGE)),
    images={IMAGE: ImageFact("aa")},
    counters={"landed": 2, "refused": 1},
    recount={"landed": 2, "refused": 1},
    dead_letters=frozenset({DEAD}),
)


def with_row(row: SettledUpload) -> Callable[[HubFacts], HubFacts]:
    return lambda facts: replace(facts, uploads=(*facts.uploads, row))


def without_row(row: SettledUpload) -> Callable[[HubFacts], HubFacts]:
    kept = tuple(upload for upload in GOOD.uploads if upload is not row)
    return lambda facts: replace(facts, uploads=kept)


def test_a_hub_that_keeps_its_word_breaks_nothing() -> None:
    assert check(HISTORY, GOOD, is_only_source=True) == []


BREACHES: dict[str, tuple[str, str, Callable[[HubFacts], HubFacts]]] = {
    "an acknowledged upload is lost": ("I1", LANDED, without_row(LANDED_ROW)),
    "a dead letter is lost": ("I1", DEAD, lambda facts: replace(facts, dead_letters=frozenset())),
    "an upload landed twice": ("I2", LANDED, with_row(LANDED_ROW)),
    "an upload landed that the door refused": (
        "I3",
        DOOR,
        with_row(SettledUpload(DOOR, "aa", "landed", None, IMAGE)),
    ),
    "an upload landed that nobody sent": (
        "I3",
        "ghost",
        with_row(SettledUpload("ghost", "aa", "landed", None, IMAGE)),
    ),
    "other bytes landed than were sent": (
        "I4",
        IN_DOUBT,
        lambda facts: replace(
            facts, uploads=(*facts.uploads[:2], replace(facts.uploads[2], photo_sha256="bb"))
        ),
    ),
    "an image has lost an object": (
        "I5",
        IMAGE,
        lambda facts: replace(facts, images={IMAGE: ImageFact("aa", ("view/1/aa.jpg",))}),
    ),
    "a row names an image that is not there": (
        "I5",
        IMAGE,
        lambda facts: replace(facts, images={}),
    ),
    "a counter is off by one": (
        "I7",
        "landed",
        lambda facts: replace(facts, counters={"landed": 3, "refused": 1}),
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_planted_breach_is_found(name: str) -> None:
    invariant, example, plant = BREACHES[name]
    found = check(HISTORY, plant(GOOD), is_only_source=True)
    assert [(violation.invariant, violation.examples) for violation in found] == [
        (invariant, (example,))
    ]


def test_uploads_of_others_are_no_breach_unless_the_history_is_the_only_source() -> None:
    facts = with_row(SettledUpload("ghost", "aa", "landed", None, IMAGE))(GOOD)
    assert check(HISTORY, facts) == []


@pytest.mark.parametrize(
    ("status", "retry_after_seconds", "is_breach"),
    [
        (500, None, True),
        (502, None, True),
        (503, None, True),
        (503, 5.0, False),
        (404, None, False),
    ],
)
def test_only_503_with_retry_after_may_be_answered_in_trouble(
    status: int, retry_after_seconds: float | None, is_breach: bool
) -> None:
    kind = HistoryKind.FAIL if status < 500 else HistoryKind.INFO
    answered = HistoryEvent(kind, "other", 1, 0, 0, "aa", status, retry_after_seconds)
    history = [*HISTORY, *operation("other", HistoryKind.INVOKE), answered]
    found = [violation.invariant for violation in check(history, GOOD)]
    assert found == (["I12"] if is_breach else [])


def test_being_told_to_wait_is_no_refusal() -> None:
    history = [*HISTORY, *operation(LANDED, HistoryKind.FAIL, status=429)]
    assert check(history, GOOD) == []


def test_an_acknowledged_upload_that_is_refused_when_sent_again_is_found() -> None:
    history = [*HISTORY, *operation(LANDED, HistoryKind.FAIL, status=409)]
    assert [violation.invariant for violation in check(history, GOOD)] == ["I13"]


def test_a_history_is_read_as_it_was_written_without_a_torn_last_line(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    history = History(file)
    for event in HISTORY:
        history.write(event)
    history.close()
    with file.open("a") as torn:
        torn.write('{"kind": "ok", "upl')
    assert [replace(event, at=0.0) for event in read_history(file)] == HISTORY


def test_a_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text('{"kind": "hello"}\n')
    with pytest.raises(Misconfigured, match=r"Line 1 of .*history\.jsonl is no event"):
        list(read_history(file))
