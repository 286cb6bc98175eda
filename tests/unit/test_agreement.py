"""Label evidence: the crowd's leave-one-out, the network through the graph, the verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagehub.vocabulary import Finding, Outcome
from spark_jobs.agreement import likeness, network
from spark_jobs.agreement.crowd import CrowdStatistics
from spark_jobs.agreement.discriminant import SHRINKAGE, Discriminant, LeftOut
from spark_jobs.agreement.graph import LabelGraph
from spark_jobs.agreement.likeness import CrowdOpinion, LabelCrowd
from spark_jobs.agreement.network import ClassNetwork, NetworkOpinion
from spark_jobs.agreement.panel import Panel, SeenPhoto, fit_crowd, measure_temperature
from spark_jobs.agreement.probability import PRIOR, STRONGEST, bounded, posterior
from spark_jobs.agreement.temperature import MOST_CAUTIOUS, choose_temperature
from spark_jobs.agreement.verdict import Case, decide

Floats = npt.NDArray[np.float64]
DIMENSIONS = 6
GRAPH = LabelGraph(
    names={"dog": "Dog", "animal": "Animal", "cup": "Cup", "dalmatian": "Dalmatian"},
    ancestors={"dog": frozenset({"animal"})},
).extended([("dalmatian", "dog")])


def crowd_of(seed: int, sizes: list[int]) -> tuple[Floats, list[str]]:
    """Photos around one centre a label."""
    dice = np.random.default_rng(seed)
    centres = dice.standard_normal((len(sizes), DIMENSIONS)) * 2
    rows = [dice.standard_normal((size, DIMENSIONS)) + centres[i] for i, size in enumerate(sizes)]
    labels = [f"label {i}" for i, size in enumerate(sizes) for _ in range(size)]
    return np.concatenate(rows), labels


def brute_force(photos: Floats, labels: list[str], photo: Floats, names: list[str]) -> Floats:
    """Fit again on the photos given, the plain way."""
    claimed = np.array(labels)
    present = [name for name in names if (claimed == name).any()]
    means = {name: photos[claimed == name].mean(axis=0) for name in present}
    residuals = photos - np.stack([means[label] for label in labels])
    freedom = len(photos) - len(present)
    within = residuals.T @ residuals / freedom
    target = np.trace(within) / DIMENSIONS * np.eye(DIMENSIONS)
    inverse = np.linalg.inv((1 - SHRINKAGE) * within + SHRINKAGE * target)
    found = np.full(len(names), -np.inf)
    for index, name in enumerate(names):
        if name in means:
            apart = photo - means[name]
            wider = 1 + 1 / (claimed == name).sum()
            found[index] = -(apart @ inverse @ apart) / 2 / wider - DIMENSIONS / 2 * np.log(wider)
    return found


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    data=st.data(),
)
def test_leaving_out_equals_fitting_again_without(
    seed: int, sizes: list[int], data: st.DataObject
) -> None:
    photos, labels = crowd_of(seed, sizes)
    names = sorted(set(labels))
    out = data.draw(st.sets(st.integers(0, len(labels) - 1), min_size=1, max_size=4))
    kept = [index for index in range(len(labels)) if index not in out]
    if len(kept) - len({labels[index] for index in kept}) < 1:
        return
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels))
    left_out = [
        LeftOut(number, photos[[i for i in sorted(out) if labels[i] == name]])
        for number, name in enumerate(names)
        if any(labels[i] == name for i in out)
    ]
    photo = photos[min(out)]
    exact = brute_force(photos[kept], [labels[i] for i in kept], photo, names)
    found = crowd.log_densities(photo, left_out)
    assert found is not None
    np.testing.assert_allclose(found, exact, rtol=1e-6, atol=1e-6)


@given(seed=st.integers(0, 1000), cut=st.integers(1, 14))
def test_statistics_of_parts_add_up(seed: int, cut: int) -> None:
    photos, labels = crowd_of(seed, [5, 4, 6])
    whole = CrowdStatistics.of(photos, labels)
    parts = [
        CrowdStatistics.of(photos[piece], labels[piece]) for piece in (slice(cut), slice(cut, None))
    ]
    merged = CrowdStatistics.merged(parts)
    assert merged.labels == whole.labels
    for name in ("counts", "sums", "gram"):
        np.testing.assert_allclose(getattr(merged, name), getattr(whole, name))


def test_too_few_photos_give_no_densities() -> None:
    photos, labels = crowd_of(1, [1, 1])
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels))
    assert crowd.log_densities(photos[0], [LeftOut(0, photos[:1])]) is None


def company(photos: Floats, labels: list[str], label: str = "label 0") -> LabelCrowd:
    crowd = Discriminant.fit(CrowdStatistics.of(photos, labels))
    fellows = photos[[i for i, claimed in enumerate(labels) if claimed == label]]
    return LabelCrowd.of(label, fellows, crowd, 1.0, LabelGraph())


@pytest.mark.parametrize(("others", "says"), [(likeness.LEAST_OTHERS - 1, False), (6, True)])
def test_a_label_with_few_other_photos_says_nothing(others: int, says: bool) -> None:
    photos, labels = crowd_of(3, [others + 1, 9])
    opinion = company(photos, labels).opinion(photos[0], frozenset({"label 0"}))
    assert (opinion is not None) == says


def test_copies_of_a_photo_do_not_speak_for_it() -> None:
    photos, labels = crowd_of(4, [6, 9])
    copies = np.concatenate([photos, np.repeat(photos[:1], 5, axis=0)])
    alone = company(photos, labels).opinion(photos[0], frozenset({"label 0"}))
    copied = company(copies, labels + ["label 0"] * 5).opinion(photos[0], frozenset({"label 0"}))
    assert alone is not None
    assert copied is not None
    assert copied.others == alone.others
    assert copied.log_ratio == pytest.approx(alone.log_ratio)


def test_a_photo_among_another_labels_photos_is_evidence_against_the_claim() -> None:
    photos, labels = crowd_of(5, [9, 9])
    crowd = company(photos, labels)
    own = crowd.opinion(photos[0], frozenset({"label 0"}))
    foreign = crowd.opinion(photos[-1], frozenset({"label 1"}))
    assert own is not None
    assert foreign is not None
    assert own.log_ratio > 0 > foreign.log_ratio
    assert foreign.rival == "label 1"
    assert foreign.rival_share > 0.5


def test_ancestors_and_descendants_are_no_rivals() -> None:
    photos, labels = crowd_of(6, [6, 6, 6])
    names = {"label 0": "dog", "label 1": "animal", "label 2": "cup"}
    claimed = [names[label] for label in labels]
    crowd = Discriminant.fit(CrowdStatistics.of(photos, claimed))
    dogs = LabelCrowd.of("dog", photos[:6], crowd, 1.0, GRAPH)
    opinion = dogs.opinion(photos[7], frozenset())
    assert opinion is not None
    assert opinion.rival == "cup"


def test_the_temperature_rises_with_overconfidence() -> None:
    right = [np.array([0.0, -2.0]), np.array([-2.0, 0.0])] * 20
    own = [0, 1] * 20
    wrong_half = [0, 1, 1, 0] * 10
    shouted = [40 * row for row in right]
    assert choose_temperature(right, own) == 1.0
    assert choose_temperature(shouted, wrong_half) > choose_temperature(right, own)
    assert choose_temperature([], []) == MOST_CAUTIOUS


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


@pytest.mark.parametrize(("classes", "claimed"), [({"cup": 0.9}, "kite"), ({}, "dog")])
def test_the_network_abstains_without_a_word_for_the_label_or_a_look_at_the_photo(
    classes: dict[str, float], claimed: str
) -> None:
    assert NETWORK.opinion(classes, claimed) is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_more_support_never_makes_a_claim_less_likely(supports: list[float]) -> None:
    ratios = [float(np.interp(s, network.SUPPORT, network.LOG_RATIO)) for s in sorted(supports)]
    assert ratios == sorted(ratios)


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_no_source_decides_beyond_its_bound(one: float, other: float) -> None:
    assert abs(bounded(one)) <= STRONGEST
    assert 0 < posterior(bounded(one), bounded(other)) < 1
    assert posterior() == pytest.approx(PRIOR)
    if one <= other:
        assert posterior(bounded(one)) <= posterior(bounded(other))


def crowd_says(log_ratio: float, rival_share: float = 0.0) -> CrowdOpinion:
    return CrowdOpinion(log_ratio, 41, 37, "cup", rival_share)


def verdict_of(**known: Any) -> Any:
    case = {"label": "dog", "findings": (), "unfit": frozenset({"dark"})}
    return decide(Case(**(case | {"crowd": None, "network": None} | known)), GRAPH)


BLURRED, DARK = Finding("blurred", 0.1, "It is blurred."), Finding("dark", 3, "It is dark.")
SEES_DALMATIAN = NetworkOpinion(4.0, 0.6, "dalmatian")
SEES_CUP = NetworkOpinion(-1.6, 0.0, "cup")


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4)}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-1)}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-3)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(-9)}, Outcome.REJECTED),
        ({"network": SEES_DALMATIAN}, Outcome.VERIFIED),
        ({"network": SEES_CUP}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4), "network": SEES_CUP}, Outcome.VERIFIED),
        ({"crowd": crowd_says(-4), "network": SEES_CUP}, Outcome.REJECTED),
        ({"crowd": crowd_says(4), "findings": (BLURRED,)}, Outcome.NEEDS_REVIEW),
        ({"crowd": crowd_says(4), "findings": (DARK,)}, Outcome.REJECTED),
        ({"findings": (DARK,)}, Outcome.REJECTED),
    ],
)
def test_evidence_leads_to_an_outcome(known: dict[str, Any], outcome: Outcome) -> None:
    verdict = verdict_of(**known)
    assert verdict.outcome is outcome
    assert verdict.reasons
    assert [one.source for one in verdict.evidence] == ["quality", "crowd", "network"]


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
        ({}, ("There are too few other photos of Dog to compare.",)),
        (
            {"findings": (BLURRED,)},
            ("It is blurred.", "There are too few other photos of Dog to compare."),
        ),
    ],
)
def test_reasons_are_words_for_the_contributor(
    known: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert verdict_of(**known).reasons == reasons


def panel(photos: Floats, labels: list[str]) -> Panel:
    crowd = fit_crowd(CrowdStatistics.of(photos, labels))
    temperature = measure_temperature(crowd, labels, photos)
    return Panel(crowd, temperature, None, LabelGraph(), frozenset({"dark"}), "unreadable")


def test_a_panel_finds_the_one_wrong_claim() -> None:
    photos, labels = crowd_of(8, [12, 12, 12])
    labels[-1] = "label 0"
    fellows = photos[[i for i, label in enumerate(labels) if label == "label 0"]]
    seen = [SeenPhoto((), {}, photo, frozenset({"label 0"})) for photo in fellows]
    outcomes = [
        verdict.outcome for verdict in panel(photos, labels).judge("label 0", fellows, seen)
    ]
    assert outcomes[:-1] == [Outcome.VERIFIED] * 12
    assert outcomes[-1] is not Outcome.VERIFIED


def test_a_photo_that_could_not_be_seen_is_judged_by_nobody() -> None:
    photos, labels = crowd_of(9, [12, 12])
    unseen = Finding("unreadable", 1.0, "It cannot be read.")
    photo = SeenPhoto((unseen,), {}, np.zeros(DIMENSIONS), frozenset())
    (verdict,) = panel(photos, labels).judge("label 0", photos[:12], [photo])
    assert verdict.outcome is Outcome.NEEDS_REVIEW
    assert verdict.probability == PRIOR


def test_an_empty_hub_asks_for_review() -> None:
    empty = Panel(None, MOST_CAUTIOUS, None, LabelGraph(), frozenset(), "unreadable")
    photo = SeenPhoto((), {}, np.ones(DIMENSIONS), frozenset())
    (verdict,) = empty.judge("dog", np.empty((0, DIMENSIONS)), [photo])
    assert verdict.outcome is Outcome.NEEDS_REVIEW
