"""From evidence to probability: log likelihood ratios that add up."""

from __future__ import annotations

import math

PRIOR = 0.95
"""Share of claims that are right, of a hub that has not seen many."""

DOUBT = 1e-4
"""No source is surer than this: whatever it computes, it may be wrong for reasons it cannot see."""


def bounded(log_ratio: float) -> float:
    """Limit what one source may count for, smoothly, so that the order of claims stays.

    The likelihoods on both sides get a share DOUBT of each other: about 9.2 (10,000 to 1) at most.
    """
    softly = math.log(DOUBT)
    return _log_add(log_ratio, softly) - _log_add(0.0, log_ratio + softly)


def posterior(share: float, *log_ratios: float) -> float:
    """Probability that a claim is right, of which `share` are, after independent evidence."""
    log_odds = logit(share) + sum(log_ratios)
    if log_odds < 0:
        return math.exp(log_odds) / (1 + math.exp(log_odds))
    return 1 / (1 + math.exp(-log_odds))


def logit(probability: float) -> float:
    """Log odds of a probability between 0 and 1."""
    return math.log(probability / (1 - probability))


def _log_add(one: float, other: float) -> float:
    """Log of the sum of two numbers given by their logs."""
    top = max(one, other)
    return top + math.log1p(math.exp(min(one, other) - top))
