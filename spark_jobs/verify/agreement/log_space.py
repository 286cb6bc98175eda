"""Sums of numbers that are given by their logarithms. Pure."""

from __future__ import annotations

import numpy as np

from spark_jobs.verify.agreement.crowd import Float64s


def log_sum_exp(logs: Float64s) -> Float64s:
    """Log of the sums along the last axis, which stays with length 1; no sum overflows."""
    top = logs.max(axis=-1, keepdims=True)
    return np.asarray(top + np.log(np.exp(logs - top).sum(axis=-1, keepdims=True)))
