"""Photos of a label that another label explains: who is told apart, and who is left alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from imagehub.vocabulary import Outcome, Verdict
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.discriminant import Discriminant
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.likeness import LabelCrowd, PhotoToJudge
from spark_jobs.verify.agreement.mixture import Gaussians, unmix
from spark_jobs.verify.agreement.panel import Panel, SeenPhoto
from spark_jobs.verify.agreement.peers import Peers
from spark_jobs.verify.agreement.strangers import find_strangers, without_strangers
from tests.factories.crowds import DIMENSIONS

Float64s = npt.NDArray[np.float64]
COMMON, RARE, OTHER = "common", "rare", "other"
HONEST, LIES, OTHERS = 15, 40, 80
LIARS = 5
CONTRIBUTORS = {COMMON: 40, RARE: HONEST + LIARS, OTHER: 40}


@dataclass(frozen=True)
class Plot:
    """A crowd in which a rare label has `honest` photos and then `lies`, which show the common one.

    Its centres are `apart` from one another, and the lies' centre is `aside` from the common one's.
    """

    honest: int = HONEST
    lies: int = LIES
    seed: int = 0
    apart: float = 8.0
    aside: float = 0.0

    def photos(self, label: str) -> Float64s:
        """Embeddings of what is claimed as a label, the lies last."""
        dice = np.random.default_rng([self.seed, len(label)])
        centres = dict(zip((COMMON, RARE, OTHER), self.apart * np.eye(3, DIMENSIONS), strict=True))
        sizes = {RARE: self.honest}.get(label, OTHERS)
        shown = np.repeat([centres[label]], sizes, axis=0)
        if label == RARE:
            lie = centres[COMMON] + self.aside * np.eye(DIMENSIONS)[3]
            shown = np.concatenate([shown, np.repeat([lie], self.lies, axis=0)])
        return np.asarray(shown + dice.standard_normal(shown.shape))

    def peers(self) -> Peers:
        """The rare label's photos: honest ones by as many contributors, the lies by LIARS."""
        photos = self.photos(RARE)
        liars = self.honest + np.arange(self.lies) % LIARS
        people = np.concatenate([np.arange(self.honest), liars])
        return Peers(photos, np.ones(len(photos)), people.astype(np.intp))

    def crowd(self) -> Discriminant:
        """All photos, each as claimed."""
        photos = {label: self.photos(label) for label in (COMMON, RARE, OTHER)}
        claimed = [label for label, rows in photos.items() for _ in rows]
        return Discriminant.fit(CrowdStatistics.of(np.concatenate([*photos.values()]), claimed))

    def company(self, graph: LabelGraph | None = None) -> LabelCrowd:
        """The rare label's."""
        return LabelCrowd.of(RARE, self.peers(), self.crowd(), 1.0, graph or LabelGraph())

    def verdicts(self) -> list[Verdict]:
        """On all claims of the rare label."""
        panel = Panel(
            *(self.crowd(), 1.0, None, LabelGraph(), frozenset(), "unreadable"),
            contributors=CONTRIBUTORS,
        )
        seen = [SeenPhoto((), {}, photo, {RARE: 1.0}) for photo in self.photos(RARE)]
        return panel.judge(RARE, self.peers(), seen)


def found_in(plot: Plot, contributors: dict[str, int] | None = None) -> list[bool]:
    company = plot.company()
    known = CONTRIBUTORS if contributors is None else contributors
    return [bool(is_stranger) for is_stranger in find_strangers(company.peers, company, known)]


@settings(max_examples=40, deadline=None)
@given(some.integers(5, 40), some.integers(12, 80), some.integers(0, 99))
def test_lies_of_a_few_accounts_are_told_from_the_label_s_own_photos(
    honest: int, lies: int, seed: int
) -> None:
    found = found_in(Plot(honest, lies, seed))
    assert np.mean(found[:honest]) < 0.1
    assert np.mean(found[honest:]) > 0.9


@settings(max_examples=40, deadline=None)
@given(some.integers(1, 80), some.integers(0, 5), some.integers(0, 99))
def test_a_label_with_a_few_wrong_photos_is_left_alone(honest: int, wrong: int, seed: int) -> None:
    assert not any(found_in(Plot(honest, wrong, seed)))


@pytest.mark.parametrize("contributors", [{}, {COMMON: 2 * LIARS, OTHER: 40}])
def test_strangers_are_none_if_not_many_more_send_what_they_are(
    contributors: dict[str, int],
) -> None:
    assert not any(found_in(Plot(), contributors))


def test_strangers_are_found_where_more_than_twice_as_many_send_what_they_are() -> None:
    assert any(found_in(Plot(), {COMMON: 2 * LIARS + 1, OTHER: 40}))


def test_those_who_tell_the_truth_of_the_common_label_are_no_strangers_to_it() -> None:
    plot = Plot(honest=0, lies=200)
    photos = plot.photos(COMMON)
    peers = Peers(photos, np.ones(OTHERS), np.arange(OTHERS) % 40)
    company = LabelCrowd.of(COMMON, peers, plot.crowd(), 1.0, LabelGraph())
    assert not find_strangers(peers, company, {**CONTRIBUTORS, RARE: LIARS}).any()


def test_photos_of_a_kind_of_the_label_are_no_strangers() -> None:
    company = Plot().company(LabelGraph(ancestors={COMMON: frozenset({RARE})}))
    assert not find_strangers(company.peers, company, CONTRIBUTORS).any()


def test_without_strangers_is_what_fitting_without_them_gives() -> None:
    company = without_strangers(Plot().company(), CONTRIBUTORS)
    assert len(company.peers) == HONEST
    alone = LabelCrowd.of(RARE, company.peers, Plot(lies=0).crowd(), 1.0, LabelGraph())
    lie = Plot().photos(RARE)[-1]
    (found,) = company.opinions([PhotoToJudge(lie, {RARE: 1.0})])
    (expected,) = alone.opinions([PhotoToJudge(lie, {})])
    assert found is not None
    assert expected is not None
    assert found.log_ratio == pytest.approx(expected.log_ratio)
    assert (found.others, found.rival) == (HONEST, COMMON)


def test_lies_are_rejected_and_right_claims_verified() -> None:
    outcomes = [verdict.outcome for verdict in Plot().verdicts()]
    assert outcomes[:HONEST] == [Outcome.VERIFIED] * HONEST
    assert outcomes[HONEST:] == [Outcome.REJECTED] * LIES


@pytest.mark.parametrize("honest", [0, 2])
def test_where_almost_all_photos_are_lies_a_person_decides(honest: int) -> None:
    outcomes = {verdict.outcome for verdict in Plot(honest).verdicts()}
    assert outcomes == {Outcome.NEEDS_REVIEW}


@pytest.mark.parametrize("seed", range(4))
def test_lies_that_look_a_little_unlike_the_other_label_are_not_taken_for_its_own(
    seed: int,
) -> None:
    plot = Plot(honest=3, lies=200, seed=seed, aside=0.5)
    assert Outcome.VERIFIED not in {verdict.outcome for verdict in plot.verdicts()[3:]}


@settings(max_examples=30, deadline=None)
@given(some.integers(1, 60), some.integers(1, 12), some.integers(0, 99))
def test_a_mixture_gives_each_photo_to_its_own_label_or_to_rivals(
    photos: int, rivals: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    others = Gaussians(
        3 * dice.standard_normal((rivals, DIMENSIONS)), dice.uniform(0, 50, rivals), 2.0
    )
    rows = dice.standard_normal((photos, DIMENSIONS))
    found = unmix(rows, dice.uniform(0.01, 1, photos), others)
    assert found.parts.shape == (photos, 1 + len(found.rivals))
    np.testing.assert_allclose(found.parts.sum(axis=1), 1)
    assert len(set(found.rivals.tolist())) == len(found.rivals) <= rivals
    assert np.isfinite(found.gain)
