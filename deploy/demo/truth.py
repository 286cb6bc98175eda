"""What verification found, held against what is really so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.curation import measures
from deploy.curation.seen import Seen
from deploy.demo.sample_crowd.scenes import ShippedScene
from imagehub.catalogue.operation.audit import SettledUpload
from imagehub.vocabulary import Outcome
from ingestion.simulation.crowd import UNDECODABLE, Truth
from ingestion.simulation.phone import SentUpload

RIGHT_CODES = {
    "not_an_image": frozenset({"empty_file", "unsupported_type"}),
    "truncated": frozenset({"truncated", "undecodable"}),
}
"""Why each undecodable kind may be refused."""

SHARES = (
    "wrong_label_f1",
    "wrong_label_precision",
    "wrong_label_recall",
    "wrong_label_ap",
    "good_verified_share",
    "good_rejected_share",
    "duplicate_precision",
    "duplicate_recall",
    "blurred_f1",
    "dark_f1",
    "bright_f1",
    "tiny_f1",
    "verified_wrong_share",
)
"""The figures of `deploy/curation` that the demo tells."""


@dataclass(frozen=True)
class Ends:
    """How every upload of a crowd ended: at the door, in ingestion, or with a verdict."""

    sent: tuple[SentUpload, ...]
    settled: Mapping[str, SettledUpload]
    outcomes: Mapping[str, str]

    def code(self, one: SentUpload) -> str:
        """Why an upload was refused, at the door or by ingestion; empty if it was not."""
        row = self.settled.get(str(one.upload.id))
        return one.code or (row.code if row and row.code else "")

    def outcome(self, one: SentUpload) -> str:
        """The verdict on an upload; empty if there is none."""
        return self.outcomes.get(str(one.upload.id), "")

    def of_kind(self, truth: Mapping[str, Truth], kind: str) -> Iterator[SentUpload]:
        """The uploads of one kind of the truth."""
        return (one for one in self.sent if truth[one.upload.name].kind == kind)

    def by_image(self, scenes: Mapping[str, ShippedScene]) -> dict[str, ShippedScene]:
        """What each image shows, by its id; `scenes` is by the upload's name."""
        return {
            row.image_id: scenes[one.upload.name]
            for one in self.sent
            if (row := self.settled.get(str(one.upload.id)))
            and row.image_id
            and one.upload.name in scenes
        }

    def unfinished(self) -> list[str]:
        """Names of uploads in no final state."""
        return [
            one.upload.name for one in self.sent if not self.code(one) and not self.outcome(one)
        ]


def against_truth(ends: Ends, truth: Mapping[str, Truth]) -> dict[str, int]:
    """Count what was found and what was missed."""
    wrong = [ends.outcome(one) for one in ends.of_kind(truth, "wrong_label")]
    good = [ends.outcome(one) for one in ends.of_kind(truth, "good")]
    return {
        "wrong_labels_found": sum(outcome != Outcome.VERIFIED for outcome in wrong),
        "wrong_labels_missed": wrong.count(Outcome.VERIFIED),
        "good_photos_verified": good.count(Outcome.VERIFIED),
        "good_photos_rejected": good.count(Outcome.REJECTED),
        "undecodable_refused": sum(
            ends.code(one) in RIGHT_CODES[kind]
            for kind in UNDECODABLE
            for one in ends.of_kind(truth, kind)
        ),
    }


def shares(seen: Mapping[str, Seen]) -> dict[str, float]:
    """How right verification was, as `make bench-curation` defines it."""
    figures = measures.figures(seen)
    return {name: round(figures[name], 4) for name in SHARES}
