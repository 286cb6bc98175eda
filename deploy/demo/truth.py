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

    def code(self, sent_upload: SentUpload) -> str:
        """Why an upload was refused, at the door or by ingestion; empty if it was not."""
        row = self.settled.get(str(sent_upload.upload.id))
        return sent_upload.code or (row.code if row and row.code else "")

    def outcome(self, sent_upload: SentUpload) -> str:
        """The verdict on an upload; empty if there is none."""
        return self.outcomes.get(str(sent_upload.upload.id), "")

    def of_kind(self, truth: Mapping[str, Truth], kind: str) -> Iterator[SentUpload]:
        """The uploads of one kind of the truth."""
        return (
            sent_upload for sent_upload in self.sent if truth[sent_upload.upload.name].kind == kind
        )

    def by_image(self, scenes: Mapping[str, ShippedScene]) -> dict[str, ShippedScene]:
        """What each image shows, by its id; `scenes` is by the upload's name."""
        return {
            row.image_id: scenes[sent_upload.upload.name]
            for sent_upload in self.sent
            if (row := self.settled.get(str(sent_upload.upload.id)))
            and row.image_id
            and sent_upload.upload.name in scenes
        }

    def unfinished(self) -> list[str]:
        """Names of uploads in no final state."""
        return [
            sent_upload.upload.name
            for sent_upload in self.sent
            if not self.code(sent_upload) and not self.outcome(sent_upload)
        ]


def against_truth(ends: Ends, truth: Mapping[str, Truth]) -> dict[str, int]:
    """Count what was found and what was missed."""
    wrong = [ends.outcome(sent_upload) for sent_upload in ends.of_kind(truth, "wrong_label")]
    good = [ends.outcome(sent_upload) for sent_upload in ends.of_kind(truth, "good")]
    return {
        "wrong_labels_found": sum(outcome != Outcome.VERIFIED for outcome in wrong),
        "wrong_labels_missed": wrong.count(Outcome.VERIFIED),
        "good_photos_verified": good.count(Outcome.VERIFIED),
        "good_photos_rejected": good.count(Outcome.REJECTED),
        "undecodable_refused": sum(
            ends.code(sent_upload) in RIGHT_CODES[kind]
            for kind in UNDECODABLE
            for sent_upload in ends.of_kind(truth, kind)
        ),
    }


def shares(seen: Mapping[str, Seen]) -> dict[str, float]:
    """How right verification was, as `make bench-curation` defines it."""
    figures = measures.figures(seen)
    return {name: round(figures[name], 4) for name in SHARES}
