"""How right a simulated crowd of reviewers is, and how many answers that takes.

Half of the ploys lie about a tenth of the claims only. Each figure is the worst over all ploys and
seeds; those behind `without_priors_` are of a desk that knows nothing beforehand.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from tests.benchmarks.parts import report
from tests.reviewing_crowd import Figures, Ploy, Setting, simulate, worst

HEAD = "ploy     priors  seed  accuracy  reviews  with gold  undecided  wrong targets"


@dataclass(frozen=True)
class ReviewSizes:
    """How many simulations of each ploy, and how large they are."""

    seeds: int
    claims: int
    people: int


FULL = ReviewSizes(seeds=5, claims=2000, people=50)
TOY = ReviewSizes(seeds=1, claims=40, people=10)


def main() -> None:
    """Simulate and report."""
    run(FULL)


def run(sizes: ReviewSizes) -> dict[str, float]:
    """Simulate every ploy, with and without honest priors; write `build/figures/reviews.json`."""
    print(HEAD)
    found = {
        has_priors: {
            ploy: [
                _one(Setting(seed, ploy, has_priors, sizes.claims, sizes.people))
                for seed in range(sizes.seeds)
            ]
            for ploy in Ploy
        }
        for has_priors in (True, False)
    }
    with_priors, without = (
        worst([figures for each in found[has_priors].values() for figures in each])
        for has_priors in (True, False)
    )
    figures = {
        "consensus_accuracy": with_priors.accuracy,
        "reviews_per_photo": with_priors.reviews_per_claim,
        "answers_per_photo_with_gold": with_priors.answers_per_claim,
        "undecided_share": with_priors.undecided_share,
        "wrong_target_share": with_priors.wrong_target_share,
        **{
            f"consensus_accuracy_{ploy}": worst(each).accuracy for ploy, each in found[True].items()
        },
        **{f"without_priors_{name}": figure for name, figure in asdict(without).items()},
    }
    report("reviews", figures)
    return figures


def _one(setting: Setting) -> Figures:
    found = simulate(setting)
    print(
        f"{setting.ploy:8} {'yes' if setting.has_priors else 'no':7} {setting.seed:4}"
        f"  {found.accuracy:8.4f}  {found.reviews_per_claim:7.3f}  {found.answers_per_claim:9.3f}"
        f"  {found.undecided_share:9.4f}  {found.wrong_target_share:13.3f}"
    )
    return found


if __name__ == "__main__":
    main()
