"""Judge a history by what the hub holds: was anything lost, doubled or made up?

The invariants are named as in Jepsen's tradition, I1 to I12; the ones that a history and the
catalogue can show are here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imagehub.catalogue.operation.audit import SettledUpload
from ingestion.simulation.history import HistoryEvent, HistoryKind

MOST_EXAMPLES = 5


@dataclass(frozen=True)
class ImageFact:
    """What the object store holds of one image: `lacks` names what is absent or has other bytes."""

    photo_sha256: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class HubFacts:
    """What a settled hub holds.

    `uploads` may name one upload twice if the hub does; `dead_letters` are upload ids.
    """

    uploads: tuple[SettledUpload, ...]
    images: Mapping[str, ImageFact]
    counters: Mapping[str, int]
    recount: Mapping[str, int]
    dead_letters: frozenset[str] = frozenset()
    waiting: int = 0


@dataclass(frozen=True)
class Violation:
    """A promise that was broken, how often, and some of the uploads or images concerned."""

    invariant: str
    sentence: str
    count: int
    examples: tuple[str, ...] = field(default=())


@dataclass
class _Told:
    """What the history tells of one upload."""

    digests: set[str] = field(default_factory=set)
    attempts: int = 0
    acknowledged: int = 0
    failed: int = 0

    @property
    def in_doubt(self) -> bool:
        return self.attempts > self.acknowledged + self.failed


def check(
    events: Iterable[HistoryEvent], facts: HubFacts, is_only_source: bool = False
) -> list[Violation]:
    """Return the broken promises, none if all hold.

    With `is_only_source`, an upload that the history does not know is one that the hub made up.
    """
    events = list(events)
    told = _tell(events)
    rows = {upload.id: upload for upload in facts.uploads}
    acknowledged = {name for name, story in told.items() if story.acknowledged}
    possible = acknowledged | {name for name, story in told.items() if story.in_doubt}
    known = rows.keys() if is_only_source else rows.keys() & told.keys()
    copies = Counter(upload.id for upload in facts.uploads)
    found = [
        _violation(
            "I1",
            "acknowledged, and neither landed nor refused nor a dead letter",
            acknowledged - rows.keys() - facts.dead_letters,
        ),
        _violation("I2", "there more than once", {name for name, n in copies.items() if n > 1}),
        _violation("I3", "settled although the hub never accepted them", known - possible),
        _violation(
            "I4",
            "stored with another digest than was sent",
            {name for name in rows.keys() & told.keys() if _differs(told[name], rows[name])},
        ),
        _violation("I5", "images without all their objects", _incomplete(facts)),
        _violation(
            "I7",
            "counters that differ from a recount",
            {name for name, n in facts.recount.items() if facts.counters.get(name) != n},
        ),
        _violation("I12", "answers of 5xx that are not 503 with Retry-After", _bad_answers(events)),
        _violation(
            "I13",
            "acknowledged, and refused when sent again unchanged",
            {name for name in acknowledged if told[name].failed},
        ),
    ]
    return [violation for violation in found if violation is not None]


def _tell(events: Iterable[HistoryEvent]) -> dict[str, _Told]:
    told: dict[str, _Told] = defaultdict(_Told)
    for event in events:
        story = told[event.upload]
        story.digests.add(event.photo_sha256)
        story.attempts += event.kind is HistoryKind.INVOKE
        story.acknowledged += event.kind is HistoryKind.OK
        story.failed += event.kind is HistoryKind.FAIL and not _asks_to_wait(event)
        if _asks_to_wait(event):
            story.attempts -= 1  # certainly not accepted, and not a refusal either
    return dict(told)


def _asks_to_wait(event: HistoryEvent) -> bool:
    return event.kind is HistoryKind.FAIL and event.status in (408, 425, 429)


def _differs(story: _Told, row: SettledUpload) -> bool:
    return story.digests != {row.photo_sha256}


def _incomplete(facts: HubFacts) -> set[str]:
    lacking = {name for name, image in facts.images.items() if image.lacks}
    needed = {upload.image_id for upload in facts.uploads if upload.image_id}
    return lacking | (needed - facts.images.keys())


def _bad_answers(events: Iterable[HistoryEvent]) -> set[str]:
    return {
        event.upload
        for event in events
        if event.status is not None
        and event.status >= 500
        and (event.status != 503 or event.retry_after_seconds is None)
    }


def _violation(invariant: str, sentence: str, names: Iterable[str]) -> Violation | None:
    concerned = sorted(names)
    if not concerned:
        return None
    return Violation(invariant, sentence, len(concerned), tuple(concerned[:MOST_EXAMPLES]))
