"""How often a reviewer is right, from how often two people agree. Pure."""

from __future__ import annotations

from math import sqrt

from imagehub.catalogue.review_votes import Agreement

PRIOR_AGREED, PRIOR_COMPARED = 18.1, 20.0
"""Of a reviewer whose answers nobody else has checked: two who are right 95 % of the time agree on
90.5 % of the claims."""

LEAST, MOST = 0.5, 0.99


def skill(seen: Agreement | None) -> float:
    """Probability that the reviewer's yes or no is right, 0.5 to 0.99.

    Two people who are each right with probability s agree with q = s^2 + (1 - s)^2, so s follows
    from q (Dawid and Skene 1979, for two answers and equal skills).
    """
    agreed = PRIOR_AGREED + (seen.agreed if seen else 0)
    compared = PRIOR_COMPARED + (seen.compared if seen else 0)
    beyond_chance = max(0.0, 2 * agreed / compared - 1)
    return min(MOST, max(LEAST, (1 + sqrt(beyond_chance)) / 2))
