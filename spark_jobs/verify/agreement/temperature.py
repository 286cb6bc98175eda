"""The temperature that calibrates the crowd's densities (after Guo et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spark_jobs.verify.agreement.crowd import Float64s
from spark_jobs.verify.agreement.log_space import log_sum_exp

TEMPERATURES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0)
MOST_CAUTIOUS = TEMPERATURES[-1]


def choose_temperature(densities: Sequence[Float64s], own: Sequence[int], share: float) -> float:
    """Choose the temperature at which the claims of a sample of photos are likeliest.

    Embeddings are no Gaussians, and a Gaussian of many dimensions is sure of everything; dividing
    its log densities by a temperature makes probabilities of them. `densities` are leave-one-out
    log densities (K), `own` the number of each photo's claimed label, `share` the share of claims
    that are right: a claim counts as right with it and as any label otherwise, so a wrong one costs
    little, and the choice needs no truth.
    """
    if not densities:
        return MOST_CAUTIOUS
    rows, columns = np.stack(densities), np.asarray(own)

    def fit(temperature: float) -> float:
        tempered = rows / temperature
        shares = np.exp(tempered - log_sum_exp(tempered))
        claimed = shares[np.arange(len(columns)), columns]
        return float(np.log(share * claimed + (1 - share) / rows.shape[1]).mean())

    return max(TEMPERATURES, key=fit)
