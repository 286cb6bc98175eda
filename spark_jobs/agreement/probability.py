"""From evidence to probability: log likelihood ratios that add up."""

from __future__ import annotations

import math

PRIOR = 0.95
"""Share of claims that are right before anything is known of the photo."""

STRONGEST = 6.0
"""No source may count for more than this, whatever it computes: e^6 is 400 to 1."""


def bounded(log_ratio: float) -> float:
    """Limit a log likelihood ratio to what one source may count for."""
    return max(-STRONGEST, min(STRONGEST, log_ratio))


def posterior(*log_ratios: float) -> float:
    """Probability that the claim is right, after evidence of independent sources."""
    log_odds = math.log(PRIOR / (1 - PRIOR)) + sum(log_ratios)
    return 1 / (1 + math.exp(-log_odds))
