"""How right a simulated crowd of reviewers is, and how many answers that takes.

Half of the ploys lie about a tenth of the claims only. Figures in build/figures/reviews.json.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tests.reviewing_crowd import Figures, Ploy, Setting, simulate, worst

SEEDS = range(5)
FIGURES = Path("build/figures/reviews.json")
HEAD = "ploy     priors  seed  accuracy  reviews  with gold  undecided  wrong targets"


def main() -> None:
    """Simulate every ploy, with and without honest priors, print and write the figures."""
    print(HEAD)
    found = {
        has_priors: {
            (ploy, seed): _one(Setting(seed, ploy, has_priors)) for ploy in Ploy for seed in SEEDS
        }
        for has_priors in (True, False)
    }
    with_priors, without = (worst(list(found[one].values())) for one in (True, False))
    least_ploy, least_seed = min(found[True], key=lambda key: found[True][key].accuracy)
    figures = {
        "consensus_accuracy": with_priors.accuracy,
        "reviews_per_photo": with_priors.reviews_per_claim,
        "worst_seed": least_seed,
        "worst_ploy": least_ploy.value,
        "answers_per_photo_with_gold": with_priors.answers_per_claim,
        "undecided_share": with_priors.undecided_share,
        "wrong_target_share": with_priors.wrong_target_share,
        "without_priors": asdict(without),
    }
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"Worst with priors: {with_priors}\nWorst without:     {without}\n{FIGURES}")


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
