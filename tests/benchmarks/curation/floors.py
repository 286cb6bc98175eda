"""What must hold, and whether it did. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from deploy.curation.measures import Figures
from deploy.demo.report import Promise


@dataclass(frozen=True)
class Floor:
    """A figure and its limit: at least `least`, or at most `most`."""

    figure: str
    sentence: str
    least: float | None = None
    most: float | None = None

    def limited(self, limits: Mapping[str, float]) -> Floor:
        """The floor with the limit that stands under its figure's name, if one does."""
        if self.figure not in limits:
            return self
        kind = "least" if self.least is not None else "most"
        return replace(self, **{kind: limits[self.figure]})

    def holds(self, figure: float) -> bool:
        """True if the figure keeps the limit."""
        return (self.least is None or figure >= self.least) and (
            self.most is None or figure <= self.most
        )


FLOORS = (
    Floor("wrong_label_f1", "wrong labels are found", least=0.95),
    Floor("wrong_label_ap", "wrong labels are ranked before right ones", least=0.99),
    Floor("good_verified_share", "good photos are verified without a person", least=0.97),
    Floor("good_rejected_share", "few good photos are rejected", most=0.005),
    Floor("verified_wrong_share", "few wrong labels are verified", most=0.01),
    Floor("calibration_error", "probabilities mean what they say", most=0.015),
    Floor("duplicate_precision", "what is grouped is one photo", least=0.98),
    Floor("duplicate_recall", "copies are grouped", least=0.95),
    Floor("blurred_f1", "blurred photos are named", least=0.97),
    Floor("dark_f1", "dark photos are named", least=0.97),
    Floor("bright_f1", "bright photos are named", least=0.97),
    Floor("tiny_f1", "tiny photos are named", least=0.97),
    Floor("colluders_wrong_share", "colluders bring few lies among the verified", most=0.01),
)


LIMITS: Mapping[str, Mapping[str, float]] = {
    "grocery": {"wrong_label_f1": 0.93, "wrong_label_ap": 0.98, "verified_wrong_share": 0.01},
    "clothing": {
        "wrong_label_f1": 0.85,
        "wrong_label_ap": 0.93,
        "verified_wrong_share": 0.015,
        "good_verified_share": 0.95,
    },
}
"""Other limits where people err towards what looks alike, by the crowd's name."""

ENDS = ("_lowest", "_median", "_highest")
"""Suffixes of a figure's range over all crowds."""


def summary(given: Sequence[Figures], others: Sequence[Figures]) -> Figures:
    """Each figure's median over the given crowds, and its range over all crowds by suffix."""
    found: Figures = {}
    for name in given[0]:
        everywhere = [figures[name] for figures in (*given, *others) if name in figures]
        found[name] = statistics.median(figures[name] for figures in given if name in figures)
        if others or len(given) > 1:
            found[f"{name}_lowest"] = min(everywhere)
            found[f"{name}_median"] = statistics.median(everywhere)
            found[f"{name}_highest"] = max(everywhere)
    return found


def promises(figures: Mapping[str, float]) -> list[Promise]:
    """Whether each floor holds for the figure and, where there is one, its median over all."""
    return [_promise(floor, figures) for floor in FLOORS]


def promises_of(crowd: str, figures: Mapping[str, float]) -> list[Promise]:
    """Whether the floors of this crowd hold for what was measured of it."""
    return [
        replace(promise, sentence=f"{crowd}: {promise.sentence}")
        for floor in FLOORS
        if floor.figure in figures
        for promise in [_promise(floor.limited(LIMITS.get(crowd, {})), figures)]
    ]


def _promise(floor: Floor, figures: Mapping[str, float]) -> Promise:
    sentence = f"{floor.sentence} ({floor.figure})"
    if floor.figure not in figures:
        return Promise(sentence, False, "not measured")
    figure = figures[floor.figure]
    limit = f"≥ {floor.least:g}" if floor.least is not None else f"≤ {floor.most:g}"
    ranged = [figures[floor.figure + end] for end in ENDS if floor.figure + end in figures]
    if not ranged:
        return Promise(sentence, floor.holds(figure), f"{figure:.4f} {limit}")
    lowest, median, highest = ranged
    return Promise(
        sentence,
        floor.holds(figure) and floor.holds(median),
        f"{figure:.4f} {limit}; all crowds {lowest:.4f} to {highest:.4f}, median {median:.4f}",
    )
