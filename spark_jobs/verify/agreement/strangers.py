"""Photos of a label that are another label's. Pure.

Colluders who claim their photos of a common label as a rare one move what the rare one looks like:
then each lie alone fits as well as a right claim. All of the label's photos together tell: some are
explained by the common label, which many more contributors send, and the others fit one another
better without them. The common label is not put in doubt by the same reasoning, because those who
tell the truth outnumber those who lie.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from spark_jobs.verify.agreement.crowd import Float64s
from spark_jobs.verify.agreement.discriminant import Discriminant, LeftOut
from spark_jobs.verify.agreement.likeness import LabelCrowd
from spark_jobs.verify.agreement.mixture import Gaussians, first_look, unmix
from spark_jobs.verify.agreement.peers import Peers

LEAST_STRANGERS = 8.0
"""Strangers weigh so much at least: fewer wrong claims do not move a label, and are found alone."""

WORTH_A_LOOK = LEAST_STRANGERS / 2
"""If every label were as common, one other should explain so much: strangers who are most of a
label's photos are half explained by what they have made of it."""

OUTNUMBERED = 2.0
"""The other label has more than so many times their contributors. A fifth of all accounts is
outnumbered four times, in a small crowd less by chance: in 2 of 1,014 simulated plots at most
twice. Without colluders, two flowers that look alike explain one another's photos at ratios of 1.1
to 2."""

LEAST_OWN_GAIN = 5.0
LEAST_OWN_GAIN_A_PHOTO = 1.8
"""Unless photos of its own make the label's photos so much likelier (log ratio), in all and by each
photo of its own, it has none that can be told from the other label's. In simulated plots what was
left gained 2.4 a photo or more where it was the label's own, 1.2 or less where it was strangers."""

SAMPLED_FELLOWS = 1_000
"""Of a larger label, so many photos tell for all, those of the first ids."""

Flags = npt.NDArray[np.bool_]


def without_strangers(company: LabelCrowd, contributors: Mapping[str, int]) -> LabelCrowd:
    """The label's company and crowd without strangers, if there are any.

    `contributors` is how many contributors each label has.
    """
    some = company.peers.some(slice(SAMPLED_FELLOWS))
    found = find_strangers(some, company, contributors)
    if not found.any():
        return company
    crowd = company.crowd.without(_left_out(some, found, company))
    return company.reduced(some.some(~found), crowd)


def find_strangers(some: Peers, company: LabelCrowd, contributors: Mapping[str, int]) -> Flags:
    """Which of these peers (n) are strangers: none if no one label explains enough of them."""
    everybody = np.ones(len(some), dtype=bool)
    if some.weights.sum() < LEAST_STRANGERS or not len(company.rivals):
        return ~everybody
    seen = _standardised(some, company, company.crowd)
    if seen is None or first_look(*seen).max() < WORTH_A_LOOK:
        return ~everybody
    # Strangers stretch the covariance towards themselves: it is taken from the other labels.
    seen = _standardised(some, company, company.crowd.without(_left_out(some, everybody, company)))
    if seen is None:
        return ~everybody
    mixture = unmix(*seen)
    explained = some.weights @ mixture.parts[:, 1:]
    most = int(np.argmax(explained))
    rival = company.crowd.labels[int(company.rivals[mixture.rivals[most]])]
    senders = set(some.contributors[mixture.parts.argmax(axis=1) == 1 + most].tolist())
    is_outnumbered = contributors.get(rival, 0) > OUTNUMBERED * len(senders)
    if mixture.gain <= 0 or explained[most] < LEAST_STRANGERS or not is_outnumbered:
        return ~everybody
    own = float(some.weights @ mixture.parts[:, 0])
    if mixture.own_gain < max(LEAST_OWN_GAIN, LEAST_OWN_GAIN_A_PHOTO * own):
        return everybody
    return np.asarray(mixture.parts[:, 0] < 0.5)


def _left_out(some: Peers, which: Flags, company: LabelCrowd) -> LeftOut:
    """What peers add to the crowd, and others like them of whom they are a sample."""
    number = company.crowd.number(company.label)
    of_all = max(1.0, company.crowd.counts[number] / some.weights.sum())
    return LeftOut(number, some.embeddings[which], of_all * some.weights[which])


def _standardised(
    some: Peers, company: LabelCrowd, crowd: Discriminant
) -> tuple[Float64s, Float64s, Gaussians] | None:
    """Peers, their weights and rivals, where the crowd's covariance is 1; None if unknown."""
    scale = crowd.scale()
    if scale is None:
        return None
    means, counts = crowd.means[company.rivals] * scale, crowd.counts[company.rivals]
    rivals = Gaussians(means, counts, company.temperature)
    return some.embeddings @ crowd.basis * scale, some.weights, rivals
