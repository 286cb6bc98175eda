"""Label evidence: the crowd's leave-one-out, the network through the graph, the verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.vocabulary import Finding, Outcome
from spark_jobs.verify.agreement import likeness, network, record
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.discriminant import Discriminant
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.likeness import CrowdOpinion, LabelCrowd, PhotoToJudge
from spark_jobs.verify.agreement.network import ClassNetwork, NetworkOpinion
from spark_jobs.verify.agreement.panel import (
    ClaimSample,
    Panel,
    SeenPhoto,
    fit_crowd,
    measure_temperature,
)
from spark_jobs.verify.agreement.peers import Peers
from spark_jobs.verify.agreement.probability import DOUBT, PRIOR, bounded, posterior
from spark_jobs.verify.agreement.record import Claimant, RecordOpinion, right_share
from spark_jobs.verify.agreement.reviews import ReviewOpinion
from spark_jobs.verify.agreement.temperature import MOST_CAUTIOUS, choose_temperature
from spark_jobs.verify.agreement.verdict import ClaimEvidence, decide
from tests.factories.crowds import DIMENSIONS, crowd_of

Float64s = npt.NDArray[np.float64]
GRAPH = LabelGraph(
    names={"dog": "Dog", "animal": "Animal", "cup": "Cup", "dalmatian": "Dalmatian"},
    ancestors={"dog": frozenset({"animal"})},
).extended([("dalmatian", "dog")])


def peers_of(photos: Float64s, labels: list[str], label: str = "label 0") -> Peers:
    """The photos of a label, each by a contributor of its own."""
    own = photos[[i for i, claimed in enumerate(labels) if claimed == label]]
    return Peers(own, np.ones(len(own)), np.arange(len(own)))


def company(photos: Float64s, labels: list[str]) -> LabelCrowd:
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels))
    return LabelCrowd.of("label 0", peers_of(photos, labels), crowd, 1.0, LabelGraph())


def sample_weight(photo: Float64s, *labels: str) -> PhotoToJudge:
    """A photo that counts fully for some labels."""
    return PhotoToJudge(photo, dict.fromkeys(labels, 1.0))


def opinion_of(crowd: LabelCrowd, photo: PhotoToJudge) -> CrowdOpinion | None:
    """What the crowd says of one photo alone."""
    (opinion,) = crowd.opinions([photo])
    return opinion


@pytest.mark.parametrize(("others", "says"), [(likeness.LEAST_OTHERS - 1, False), (6, True)])
def test_a_label_with_few_other_photos_says_nothing(others: int, says: bool) -> None:
    photos, labels = crowd_of(3, [others + 1, 9])
    opinion = opinion_of(company(photos, labels), sample_weight(photos[0], "label 0"))
    assert (opinion is not None) == says


def test_copies_of_a_photo_do_not_speak_for_it() -> None:
    photos, labels = crowd_of(4, [6, 9])
    copies = np.concatenate([photos, np.repeat(photos[:1], 5, axis=0)])
    alone = opinion_of(company(photos, labels), sample_weight(photos[0], "label 0"))
    copied = opinion_of(
        company(copies, labels + ["label 0"] * 5), sample_weight(photos[0], "label 0")
    )
    assert alone is not None
    assert copied is not None
    assert copied.others == alone.others
    assert copied.log_ratio == pytest.approx(alone.log_ratio)


def test_a_photo_among_another_labels_photos_is_evidence_against_the_claim() -> None:
    photos, labels = crowd_of(5, [9, 9])
    crowd = company(photos, labels)
    own = opinion_of(crowd, sample_weight(photos[0], "label 0"))
    foreign = opinion_of(crowd, sample_weight(photos[-1], "label 1"))
    assert own is not None
    assert foreign is not None
    assert own.log_ratio > 0 > foreign.log_ratio
    assert foreign.rival == "label 1"
    assert foreign.rival_share > 0.5


def test_photos_that_are_judged_together_are_judged_as_each_alone() -> None:
    photos, labels = crowd_of(8, [9, 9, 7])
    crowd = company(np.concatenate([photos, photos[:1]]), [*labels, "label 0"])
    sample_weights = [
        sample_weight(photo, label) for photo, label in zip(photos, labels, strict=True)
    ]
    for photo, together in zip(sample_weights, crowd.opinions(sample_weights), strict=True):
        alone = opinion_of(crowd, photo)
        assert alone is not None
        assert together is not None
        assert together.log_ratio == pytest.approx(alone.log_ratio)
        assert (together.others, together.alike) == (alone.others, alone.alike)
    assert crowd.opinions([]) == []


def test_ancestors_and_descendants_are_no_rivals() -> None:
    photos, labels = crowd_of(6, [6, 6, 6])
    names = {"label 0": "dog", "label 1": "animal", "label 2": "cup"}
    claimed = [names[label] for label in labels]
    crowd = Discriminant.fit(CrowdStatistics.of(photos, claimed))
    dogs = LabelCrowd.of("dog", peers_of(photos, claimed, "dog"), crowd, 1.0, GRAPH)
    opinion = opinion_of(dogs, sample_weight(photos[7]))
    assert opinion is not None
    assert opinion.rival == "cup"


def test_the_temperature_rises_with_overconfidence() -> None:
    right = [np.array([0.0, -2.0]), np.array([-2.0, 0.0])] * 20
    own = [0, 1] * 20
    wrong_half = [0, 1, 1, 0] * 10
    shouted = [40 * row for row in right]
    assert choose_temperature(right, own, PRIOR) == 1.0
    assert choose_temperature(shouted, wrong_half, PRIOR) > choose_temperature(right, own, PRIOR)
    assert choose_temperature([], [], PRIOR) == MOST_CAUTIOUS


NETWORK = ClassNetwork.of(GRAPH, frozenset({"dalmatian", "cup"}))


@pytest.mark.parametrize(
    ("classes", "claimed", "support"),
    [
        ({"dalmatian": 0.6}, "dalmatian", 0.6),
        ({"dalmatian": 0.6}, "dog", 0.6),
        ({"dalmatian": 0.6, "dog": 0.2}, "animal", 0.8),
        ({"dog": 0.6}, "dalmatian", 0.0),
        ({"cup": 0.9}, "dog", 0.0),
    ],
)
def test_a_class_supports_its_label_and_all_ancestors(
    classes: dict[str, float], claimed: str, support: float
) -> None:
    opinion = NETWORK.opinion(classes, claimed)
    assert opinion is not None
    assert opinion.support == pytest.approx(support)
    assert (opinion.log_ratio > 0) == (support > 0)


def test_where_each_class_is_judged_for_itself_the_surest_kind_counts() -> None:
    each = ClassNetwork.of(GRAPH, frozenset({"dalmatian", "cup"}), exclusive=False)
    opinion = each.opinion({"dalmatian": 0.6, "dog": 0.5}, "animal")
    assert opinion is not None
    assert opinion.support == 0.6


@pytest.mark.parametrize(("classes", "claimed"), [({"cup": 0.9}, "kite"), ({}, "dog")])
def test_the_network_abstains_without_a_word_for_the_label_or_a_look_at_the_photo(
    classes: dict[str, float], claimed: str
) -> None:
    assert NETWORK.opinion(classes, claimed) is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_more_support_never_makes_a_claim_less_likely(supports: list[float]) -> None:
    ratios = [float(np.interp(s, network.SUPPORT, network.LOG_RATIO)) for s in sorted(supports)]
    assert ratios == sorted(ratios)


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_no_source_decides_beyond_its_bound_and_the_order_stays(one: float, other: float) -> None:
    assert abs(bounded(one)) <= -np.log(DOUBT) + 1e-9
    assert bounded(-one) == pytest.approx(-bounded(one), abs=1e-9)
    assert 0 < posterior(PRIOR, bounded(one), bounded(other)) < 1
    assert posterior(PRIOR) == pytest.approx(PRIOR)
    if one <= other:
        assert bounded(one) <= bounded(other) + 1e-12  # the last bit of a logarithm


def crowd_says(
    log_ratio: float, rival_share: float = 0.0, independent: bool = True
) -> CrowdOpinion:
    return CrowdOpinion(log_ratio, 41, 37, "cup", rival_share, independent)


def verdict_of(**known: Any) -> Any:
    case = {"label": "dog", "findings": (), "unfit": frozenset({"dark"})}
    return decide(ClaimEvidence(**(case | known)), GRAPH)


BLURRED, DARK = Finding("blurred", 0.1, "It is blurred."), Finding("dark", 3, "It is dark.")
SEES_DALMATIAN = NetworkOpinion(4.0, 0.6, "dalmatian")
SEES_CUP = NetworkOpinion(-1.6, 0.0, "cup")
BAD_RECORD = RecordOpinion(-4.0, 0.2, 30)
YES, NO = ReviewOpinion(2.9, 1, 0), ReviewOpinion(-5.8, 0, 2)


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4)}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-1)}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-3)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(-9)}, Outcome.REJECTED),
        ({"crowd": crowd_says(-math.inf)}, Outcome.NEEDS_REVIEW),
        ({"network": SEES_DALMATIAN}, Outcome.VERIFIED),
        ({"network": SEES_CUP}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4), "network": SEES_CUP}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-5), "network": SEES_CUP}, Outcome.REJECTED),
        ({"crowd": crowd_says(4, independent=False)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(0.5), "record": BAD_RECORD}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(-3), "record": BAD_RECORD}, Outcome.REJECTED),
        ({"network": SEES_CUP, "record": BAD_RECORD}, Outcome.NEEDS_REVIEW),
        ({"reviews": YES}, Outcome.VERIFIED),
        ({"reviews": YES, "findings": (BLURRED,)}, Outcome.VERIFIED),
        ({"reviews": YES, "findings": (DARK,)}, Outcome.REJECTED),
        ({"reviews": NO}, Outcome.NEEDS_REVIEW),
        ({"reviews": NO, "crowd": crowd_says(-1)}, Outcome.REJECTED),
        ({"reviews": ReviewOpinion(0.8, 1, 0), "record": BAD_RECORD}, Outcome.NEEDS_REVIEW),
        ({"reviews": ReviewOpinion(-2.1, 0, 1), "crowd": crowd_says(1.5)}, Outcome.NEEDS_REVIEW),
        ({"reviews": YES, "crowd": crowd_says(-9)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4), "findings": (BLURRED,)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4), "findings": (DARK,)}, Outcome.REJECTED),
        ({"findings": (DARK,)}, Outcome.REJECTED),
    ],
)
def test_evidence_leads_to_an_outcome(known: dict[str, Any], outcome: Outcome) -> None:
    verdict = verdict_of(**known)
    assert verdict.outcome is outcome
    assert verdict.reasons
    sources = [piece.source for piece in verdict.evidence]
    assert sources == ["quality", "crowd", "network", "contributor", "reviews"]


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        (
            {"crowd": crowd_says(4), "network": SEES_DALMATIAN},
            (
                "Looks like 37 of the 41 other photos of Dog here.",
                "The network sees: Dalmatian, which is a kind of Dog.",
            ),
        ),
        (
            {"crowd": crowd_says(-5, 0.9), "network": SEES_CUP},
            (
                "Looks like 37 of the 41 other photos of Dog here, and more like Cup.",
                "The network sees: Cup, and no Dog.",
            ),
        ),
        (
            {"network": NetworkOpinion(-1.6, 0.0, None)},
            ("The network sees nothing that it is sure of, and no Dog.",),
        ),
        ({}, ("There are too few other photos of Dog to compare.",)),
        (
            {"findings": (BLURRED,)},
            ("It is blurred.", "There are too few other photos of Dog to compare."),
        ),
        (
            {"reviews": NO, "record": BAD_RECORD},
            (
                "2 people looked at it: 0 said yes, 2 said no.",
                "Many of this contributor's other labels seem to be wrong.",
            ),
        ),
    ],
)
def test_reasons_are_words_for_the_contributor(
    known: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert verdict_of(**known).reasons == reasons


def panel(photos: Float64s, labels: list[str]) -> Panel:
    crowd = fit_crowd(CrowdStatistics.of(photos, labels))
    temperature = measure_temperature(
        crowd, ClaimSample(labels, photos, np.ones(len(labels))), PRIOR
    )
    return Panel(crowd, temperature, None, LabelGraph(), frozenset({"dark"}), "unreadable")


def test_a_panel_finds_the_one_wrong_claim() -> None:
    photos, labels = crowd_of(8, [12, 12, 12])
    labels[-1] = "label 0"
    peers = peers_of(photos, labels)
    seen = [SeenPhoto((), {}, photo, {"label 0": 1.0}) for photo in peers.embeddings]
    outcomes = [verdict.outcome for verdict in panel(photos, labels).judge("label 0", peers, seen)]
    assert outcomes[:-1] == [Outcome.VERIFIED] * 12
    assert outcomes[-1] is not Outcome.VERIFIED


def test_mugs_sent_as_something_else_are_not_verified_where_the_network_sees_mugs() -> None:
    photos, numbers = crowd_of(8, [12, 12])
    labels = ["dog" if label == "label 0" else "cup" for label in numbers]
    is_dog = np.array([label == "dog" for label in labels])
    between = (photos[is_dog].mean(axis=0) + photos[~is_dog].mean(axis=0)) / 2
    here = replace(panel(photos, labels), network=NETWORK, graph=GRAPH)
    sure, unsure = (
        here.judge("dog", peers_of(photos, labels, "dog"), [SeenPhoto((), seen, between, {})])[0]
        for seen in ({"cup": 0.95}, {"cup": 0.05})
    )
    assert unsure.outcome is Outcome.VERIFIED
    assert sure.outcome is Outcome.NEEDS_REVIEW


@pytest.mark.parametrize("here", [{"dog"}, {"dog", "animal"}, set()])
def test_a_label_that_no_photo_of_the_hub_has_or_that_is_related_is_no_rival(
    here: set[str],
) -> None:
    alone, beside = (NETWORK.opinion({"cup": 0.9}, "dog", labels) for labels in ((), here))
    assert alone == beside


def test_a_photo_that_could_not_be_seen_is_judged_by_nobody() -> None:
    photos, labels = crowd_of(9, [12, 12])
    unseen = Finding("unreadable", 1.0, "It cannot be read.")
    photo = SeenPhoto((unseen,), {}, np.zeros(DIMENSIONS), {})
    (verdict,) = panel(photos, labels).judge("label 0", peers_of(photos, labels), [photo])
    assert verdict.outcome is Outcome.NEEDS_REVIEW
    assert verdict.probability == PRIOR


def test_an_empty_hub_asks_for_review() -> None:
    empty = Panel(None, MOST_CAUTIOUS, None, LabelGraph(), frozenset(), "unreadable")
    photo = SeenPhoto((), {}, np.ones(DIMENSIONS), {})
    nobody = Peers(np.empty((0, DIMENSIONS)), np.empty(0), np.empty(0, np.intp))
    (verdict,) = empty.judge("dog", nobody, [photo])
    assert verdict.outcome is Outcome.NEEDS_REVIEW


# Records and reviews


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0.5, 0.99))
def test_a_better_record_never_makes_a_claim_less_likely(
    right: float, wrong: float, share: float
) -> None:
    claims = right + wrong
    found = record.opinion([Claimant(right, claims)], share)
    better = record.opinion([Claimant(right + wrong / 2, claims)], share)
    if claims == 0:
        assert found is None
        return
    assert found is not None
    assert better is not None
    assert found.log_ratio <= better.log_ratio + 1e-9


def test_an_average_record_says_nothing_however_many_share_it() -> None:
    average = Claimant(19.0, 20.0)
    found = record.opinion([average] * 5, 0.95)
    assert found is not None
    assert found.log_ratio == pytest.approx(0.0)


def test_of_several_contributors_the_least_reliable_is_named() -> None:
    found = record.opinion([Claimant(20, 20), Claimant(2, 20)], 0.95)
    assert found is not None
    assert found.expected < 0.3
    assert found.log_ratio < 0


@pytest.mark.parametrize(
    ("right", "claims", "share"), [(0, 0, PRIOR), (0, 10_000, 0.5), (10_000, 10_000, 0.99)]
)
def test_a_hubs_share_of_right_claims_stays_within_reason(
    right: float, claims: float, share: float
) -> None:
    assert right_share(right, claims) == pytest.approx(share)
