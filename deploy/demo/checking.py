"""The demo's numbers and promises, counted from the phones, the rows, the store and the files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.curation.seen import read
from deploy.demo import expected
from deploy.demo.freezing import CheckedRelease
from deploy.demo.given import DemoCrowd
from deploy.demo.looks import Clusters, clusters_by_label, to_chance
from deploy.demo.one_more import STORED_WITHIN_SECONDS, VERIFIED_WITHIN_SECONDS, OneMore, p95
from deploy.demo.report import Promise, at_most, equal
from deploy.demo.truth import Ends, against_truth, shares
from imagehub.answers.operation import Status
from imagehub.catalogue.operation import audit
from ingestion.simulation.crowd import UNDECODABLE, Truth
from ingestion.simulation.history import read_history
from ingestion.simulation.history_checker import Violation, check
from ingestion.simulation.hub_facts import FactSources, collect
from ingestion.simulation.phone import SendOutcome, SentUpload

Numbers = dict[str, float | None]


@dataclass(frozen=True)
class Crowdwork:
    """The hub once the crowd's uploads have settled.

    `figures` says how right it was, `clusters` what is alike in it; they are empty where only a
    truth or the sample crowd's scenes could tell.
    """

    ends: Ends
    counts: Status
    stored_seconds_p95: float | None
    verified_seconds_p95: float | None
    violations: tuple[Violation, ...]
    given: DemoCrowd
    figures: Mapping[str, float]
    clusters: Mapping[str, Clusters]

    def at_the_door(self) -> int:
        """How many uploads the API refused before the log had them."""
        return sum(sent_upload.ending is SendOutcome.REFUSED for sent_upload in self.ends.sent)


def look(
    sources: FactSources,
    crowd: DemoCrowd,
    sent: tuple[SentUpload, ...],
    counts: Status,
    history: Path,
) -> Crowdwork:
    """Read what the settled hub holds, and judge the phones' history by it."""
    facts = collect(sources)
    with sources.database.transaction() as cursor:
        outcomes = audit.outcomes(cursor)
        stored = audit.stored_seconds_p95(cursor)
        verified = audit.verified_seconds_p95(cursor)
        clustered = audit.clustered_images(cursor)
    ends = Ends(sent, {upload.id: upload for upload in facts.uploads}, outcomes)
    figures: dict[str, float] = {}
    if crowd.truth:
        refused = {
            sent_upload.upload.name: sent_upload.code
            for sent_upload in sent
            if sent_upload.ending is SendOutcome.REFUSED
        }
        figures |= shares(read(sources.database, crowd.crowd, crowd.truth, refused))
    clusters = clusters_by_label(clustered, ends.by_image(crowd.scenes))
    if crowd.is_sample:
        figures["clusters_to_chance"] = round(to_chance(clusters), 3)
    return Crowdwork(
        ends=ends,
        counts=counts,
        stored_seconds_p95=stored,
        verified_seconds_p95=verified,
        violations=tuple(check(read_history(history), facts, is_only_source=True)),
        given=crowd,
        figures=figures,
        clusters=clusters,
    )


def numbers(work: Crowdwork, frozen: CheckedRelease, more: Sequence[OneMore]) -> Numbers:
    """Everything that `demo.json` holds.

    `stored_seconds_p95` and `verified_seconds_p95` are of photos added one by one to the full hub;
    the crowd's own, all sent at once, wait for one another.
    """
    counts = work.counts
    found: Numbers = {
        "sent": len(work.ends.sent),
        "refused_at_the_door": work.at_the_door(),
        "accepted": counts.accepted,
        "landed": counts.landed,
        "refused": counts.refused,
        "set_aside": counts.set_aside,
        "images": counts.images,
        "exact_duplicates": counts.exact_duplicates,
        "near_duplicates": counts.near_duplicates,
        "verified": counts.verified,
        "needs_review": counts.needs_review,
        "rejected": counts.rejected,
        "label_sets": counts.label_sets,
        "clusters": counts.clusters,
        "release_files": frozen.files,
        "release_mismatches": len(frozen.mismatches),
        "stored_seconds_p95": round(p95([photo.stored_seconds for photo in more]), 2),
        "verified_seconds_p95": round(p95([photo.verified_seconds for photo in more]), 2),
        "crowd_stored_seconds_p95": work.stored_seconds_p95,
        "crowd_verified_seconds_p95": work.verified_seconds_p95,
    }
    if work.given.truth:
        found |= against_truth(work.ends, work.given.truth)
    return found | dict(work.figures)


def promises(work: Crowdwork, frozen: CheckedRelease, more: Sequence[OneMore]) -> list[Promise]:
    """Everything that must hold; with a truth, or of the sample crowd, also what these can tell."""
    counts, ends = work.counts, work.ends
    unfinished = ends.unfinished()
    broken = "; ".join(
        f"{violation.invariant} {violation.sentence}: {violation.count}"
        for violation in work.violations
    )
    results = [
        Promise(
            "every upload reached a final state",
            not unfinished,
            f"{len(ends.sent) - len(unfinished)} of {len(ends.sent)}",
        ),
        equal(
            "sent = refused at the door + accepted",
            len(ends.sent),
            work.at_the_door() + counts.accepted,
        ),
        equal("accepted = landed + refused", counts.accepted, counts.landed + counts.refused),
        equal("one image for each distinct photo that landed", counts.images, _distinct(ends)),
        Promise(
            "the phones' history, the rows, the objects and the counters agree",
            not work.violations,
            broken,
        ),
        Promise("the release has files", frozen.files > 0, f"{frozen.files}"),
        Promise(
            "download, ZIP and manifest agree byte for byte",
            not frozen.mismatches,
            ", ".join(frozen.mismatches[:3]),
        ),
        at_most(
            f"each of {len(more)} more photos is stored within 5 s",
            max(photo.stored_seconds for photo in more),
            STORED_WITHIN_SECONDS,
        ),
        at_most(
            "and decided within 60 s",
            max(photo.verified_seconds for photo in more),
            VERIFIED_WITHIN_SECONDS,
        ),
    ]
    if work.given.truth:
        results += _told_by_truth(ends, counts, work.given.truth)
    if work.given.is_sample:
        results += expected.promises(work.figures, counts, list(work.clusters.values()))
    return results


def _told_by_truth(ends: Ends, counts: Status, truth: Mapping[str, Truth]) -> list[Promise]:
    copies = len(list(ends.of_kind(truth, "exact_duplicate")))
    undecodable = sum(len(list(ends.of_kind(truth, kind))) for kind in UNDECODABLE)
    refused = against_truth(ends, truth)["undecodable_refused"]
    return [
        equal("exact duplicates add no image", counts.exact_duplicates, copies),
        equal("what is no photo is refused with the right reason", refused, undecodable),
    ]


def _distinct(ends: Ends) -> int:
    """Count the distinct photos among those that landed, from the files that the phones sent."""
    landed = {
        hashlib.sha256(sent_upload.upload.file.read_bytes()).digest()
        for sent_upload in ends.sent
        if (row := ends.settled.get(str(sent_upload.upload.id))) and row.state == "landed"
    }
    return len(landed)
