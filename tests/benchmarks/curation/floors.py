"""What must hold, and whether it did. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.curation.measures import Figures
from deploy.demo.report import Promise


@dataclass(frozen=True)
class Floor:
    """A figure and its limit: at least `least`, or at most `most`."""

    figure: str
    sentence: str
    least: float | None = None
    most: float | None = None

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
    Floor("duplicate_precision", "what is grouped is one photo", least=0.98),
    Floor("duplicate_recall", "copies are grouped", least=0.95),
    Floor("blurred_f1", "blurred photos are named", least=0.97),
    Floor("dark_f1", "dark photos are named", least=0.97),
    Floor("bright_f1", "bright photos are named", least=0.97),
    Floor("tiny_f1", "tiny photos are named", least=0.97),
    Floor("colluders_wrong_share", "colluders bring few lies among the verified", most=0.01),
)


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
