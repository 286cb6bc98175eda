"""The demo's judgement: it says yes to a hub that kept its promises and no to each broken one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo import expected
from deploy.demo.checking import Crowdwork, numbers, promises
from deploy.demo.freezing import CheckedRelease
from deploy.demo.given import DemoCrowd
from deploy.demo.looks import Clusters, clusters_by_label, to_chance
from deploy.demo.one_more import OneMore, p95
from deploy.demo.sample_crowd.scenes import ShippedScene
from deploy.demo.truth import Ends, against_truth
from imagehub.answers.operation import Status
from imagehub.catalogue.operation.audit import ClusteredImage, SettledUpload
from imagehub.vocabulary import Label
from ingestion.simulation.crowd import Crowd, CrowdUpload, Truth
from ingestion.simulation.history_checker import Violation
from ingestion.simulation.phone import SendOutcome, SentUpload

KINDS = {
    "good": ("landed", None, "verified"),
    "good too": ("landed", None, "needs_review"),
    "exact_duplicate": ("landed", None, "verified"),
    "wrong_label": ("landed", None, "rejected"),
    "wrong_label too": ("landed", None, "verified"),
    "truncated": ("refused", "truncated", None),
    "not_an_image": (None, "unsupported_type", None),
}
COUNTS = Status(
    accepted=6,
    landed=5,
    refused=1,
    refused_at_the_door=1,
    images=4,
    exact_duplicates=1,
    near_duplicates=0,
    verified=3,
    needs_review=1,
    rejected=1,
    label_sets=2,
    clusters=2,
    label_set_version=1,
    waiting_to_land=0,
    waiting_for_verdict=0,
    set_aside=0,
)
FROZEN = CheckedRelease("demo-1", files=3, mismatches=())
QUICK = OneMore(stored_seconds=0.5, verified_seconds=4.0)
MORE = [QUICK, QUICK]
TRUTH = {name: Truth(name.removesuffix(" too"), "Apple", "") for name in KINDS}
FIGURES = {
    "wrong_label_f1": 0.95,
    "duplicate_precision": 1.0,
    "duplicate_recall": 0.97,
    "good_verified_share": 0.99,
    "clusters_to_chance": 1.5,
}
RED, GREEN = ("red", "table"), ("green", "table")


@pytest.fixture
def work(tmp_path: Path) -> Crowdwork:
    sent, settled, outcomes = [], {}, {}
    for name, (state, code, outcome) in KINDS.items():
        file = tmp_path / name
        file.write_text("good" if name == "exact_duplicate" else name)
        upload = CrowdUpload(name, uuid.uuid4(), file, "ana", "/m/014j1m", "Apple", "", "", "")
        key = str(upload.id)
        if state is None:
            sent.append(SentUpload(upload, SendOutcome.REFUSED, 1, 415, str(code)))
            continue
        sent.append(SentUpload(upload, SendOutcome.ACCEPTED, 1, 202))
        image = "0" * 16 if state == "landed" else None
        settled[key] = SettledUpload(key, "aa", state, code, image)
        if outcome:
            outcomes[key] = outcome
    return Crowdwork(
        ends=Ends(tuple(sent), settled, outcomes),
        counts=COUNTS,
        stored_seconds_p95=0.4,
        verified_seconds_p95=3.0,
        violations=(),
        given=DemoCrowd(
            Crowd(tmp_path, tuple(sent_upload.upload for sent_upload in sent)), TRUTH, late=()
        ),
        figures={},
        clusters={},
    )


def test_a_hub_that_kept_every_promise_is_told_yes_throughout(work: Crowdwork) -> None:
    assert [promise.sentence for promise in promises(work, FROZEN, MORE) if not promise.held] == []


def test_the_truth_is_counted_by_kind(work: Crowdwork) -> None:
    assert against_truth(work.ends, TRUTH) == {
        "wrong_labels_found": 1,
        "wrong_labels_missed": 1,
        "good_photos_verified": 1,
        "good_photos_rejected": 0,
        "undecodable_refused": 2,
    }


def test_every_number_that_programs_read_is_there(work: Crowdwork) -> None:
    named = numbers(work, FROZEN, MORE)
    asked = (
        "sent accepted landed refused images exact_duplicates verified needs_review rejected "
        "label_sets clusters release_files release_mismatches stored_seconds_p95 "
        "verified_seconds_p95 refused_at_the_door wrong_labels_found wrong_labels_missed "
        "good_photos_verified good_photos_rejected undecodable_refused"
    )
    assert set(asked.split()) <= named.keys()
    untold = replace(work, given=replace(work.given, truth=None))
    assert not {"wrong_labels_found"} & numbers(untold, FROZEN, MORE).keys()


def with_counts(**changed: int) -> Callable[[Crowdwork], Crowdwork]:
    return lambda work: replace(work, counts=work.counts.model_copy(update=changed))


def lose(kind: str) -> Callable[[Crowdwork], Crowdwork]:
    """Forget how the uploads of a kind ended."""

    def change(work: Crowdwork) -> Crowdwork:
        gone = {
            str(sent_upload.upload.id)
            for sent_upload in work.ends.sent
            if sent_upload.upload.name == kind
        }
        settled = {key: row for key, row in work.ends.settled.items() if key not in gone}
        return replace(work, ends=replace(work.ends, settled=settled))

    return change


BROKEN = {
    "an upload is undecided": (lose("truncated"), "every upload reached a final state"),
    "an upload is not counted": (with_counts(accepted=5), "sent = refused at the door + accepted"),
    "one landing is not counted": (with_counts(landed=4), "accepted = landed + refused"),
    "a duplicate made an image": (
        with_counts(images=5, exact_duplicates=0),
        "exact duplicates add no image",
    ),
    "an invariant is broken": (
        lambda work: replace(work, violations=(Violation("I1", "lost", 1),)),
        "the phones' history, the rows, the objects and the counters agree",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_told(work: Crowdwork, name: str) -> None:
    break_it, sentence = BROKEN[name]
    told = {promise.sentence: promise.held for promise in promises(break_it(work), FROZEN, MORE)}
    assert told[sentence] is False


@pytest.mark.parametrize(
    ("frozen", "more", "sentence"),
    [
        (
            replace(FROZEN, mismatches=("ZIP a.jpg",)),
            MORE,
            "download, ZIP and manifest agree byte for byte",
        ),
        (replace(FROZEN, files=0), MORE, "the release has files"),
        (
            FROZEN,
            [QUICK, replace(QUICK, stored_seconds=6)],
            "each of 2 more photos is stored within 5 s",
        ),
        (FROZEN, [replace(QUICK, verified_seconds=61), QUICK], "and decided within 60 s"),
    ],
)
def test_a_bad_release_or_a_slow_photo_is_told(
    work: Crowdwork, frozen: CheckedRelease, more: list[OneMore], sentence: str
) -> None:
    told = {promise.sentence: promise.held for promise in promises(work, frozen, more)}
    assert told[sentence] is False


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (10, 10), (20, 19), (100, 95)])
def test_p95_is_the_nearest_rank(count: int, rank: int) -> None:
    assert p95([float(number) for number in range(count, 0, -1)]) == rank


def test_a_good_hub_of_the_sample_crowd_is_told_yes_throughout() -> None:
    counts = COUNTS.model_copy(update={"verified": expected.LEAST_VERIFIED})
    told = expected.promises(FIGURES, counts, [[[RED], [GREEN]]])
    assert [promise.sentence for promise in told if not promise.held] == []


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_that_is_too_small_is_told(name: str) -> None:
    sentence, least = expected.LEAST[name]
    counts = COUNTS.model_copy(update={"verified": expected.LEAST_VERIFIED})
    told = expected.promises(FIGURES | {name: least - 0.001}, counts, [[[RED], [GREEN]]])
    assert [promise.sentence for promise in told if not promise.held] == [sentence]


@pytest.mark.parametrize("clusters", [[], [[[RED], [GREEN]], [[RED]]]])
def test_few_photos_and_labels_of_one_cluster_are_told(clusters: list[Clusters]) -> None:
    told = expected.promises(FIGURES, COUNTS, clusters)
    assert [promise.sentence for promise in told if not promise.held] == [
        "verified photos",
        "clusters of the label that has the fewest",
    ]


def test_clusters_of_one_colour_each_are_purer_than_chance_and_mixed_ones_are_not() -> None:
    pure: Clusters = [[RED] * 10, [GREEN] * 10]
    mixed: Clusters = [[RED, GREEN] * 5, [GREEN, RED] * 5]
    assert to_chance({"a": pure, "b": pure}) > 1.5
    assert to_chance({"a": mixed}) < 1
    assert to_chance({"a": [[RED] * 10]}) == 1


@given(st.lists(st.lists(st.sampled_from([RED, GREEN]), min_size=1), min_size=2, max_size=5))
@settings(max_examples=30, deadline=None)
def test_no_clusters_are_worse_than_chance_by_more_than_chance(clusters: Clusters) -> None:
    assert 0.3 < to_chance({"a": clusters}) <= 5


def test_images_without_a_scene_are_left_out_of_their_clusters() -> None:
    scene = ShippedScene(Path("apple.jpg"), Label("/m/014j1m", "Apple"), "apple", RED)
    members = [
        ClusteredImage("/m/014j1m", 0, "known"),
        ClusteredImage("/m/014j1m", 0, "unknown"),
        ClusteredImage("/m/014j1m", 1, "known"),
    ]
    assert clusters_by_label(members, {"known": scene}) == {"/m/014j1m": [[RED], [RED]]}
