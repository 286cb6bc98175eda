"""What a version of verification keeps of its thresholds: other names or numbers judge all anew."""

from __future__ import annotations

import json

from spark_jobs.verify.thresholds import thresholds

KEPT = {
    "checks": {
        "dark": 40.0,
        "bright": 215.0,
        "low_information": 12.0,
        "blurred": 0.12,
        "tiny": 64.0,
        "odd_aspect": 4.0,
    },
    "prior": 0.95,
    "discriminant.shrinkage": 0.5,
    "discriminant.least_weight": 0.5,
    "discriminant.least_freedom": 1.0,
    "discriminant.tiny": 1e-06,
    "likeness.least_others": 4,
    "likeness.copy_similarity": 0.96,
    "likeness.alike": 0.2,
    "mixture.least_weight": 0.5,
    "mixture.most_steps": 40,
    "mixture.settled_change": 0.01,
    "mixture.most_rivals": 3,
    "mixture.credit_photos": 1.0,
    "mixture.never": -1000000000.0,
    "network.support": [0.0, 0.02, 0.06, 0.2, 0.45, 0.9],
    "network.log_ratio": [-1.6, 1.3, 2.5, 3.3, 4.2, 5.0],
    "network.least_named": 0.1,
    "probability.prior": 0.95,
    "probability.doubt": 0.0001,
    "record.prior": 0.95,
    "record.credit_claims": 4.0,
    "record.hub_credit_claims": 20.0,
    "record.quietness": 0.25,
    "record.least_share": 0.5,
    "record.most_share": 0.99,
    "record.surest": 0.999,
    "strangers.least_strangers": 8.0,
    "strangers.worth_a_look": 4.0,
    "strangers.outnumbered": 2.0,
    "strangers.least_own_gain": 5.0,
    "strangers.least_own_gain_a_photo": 1.8,
    "strangers.sampled_fellows": 1000,
    "temperature.temperatures": [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0],
    "temperature.most_cautious": 48.0,
    "verdict.prior": 0.95,
    "verdict.sure": 0.965,
    "verdict.wrong_verified_reviews": 3.0,
    "verdict.good_rejected_reviews": 20.0,
    "verdict.verified_from": 0.6666666666666667,
    "verdict.rejected_below": 0.05,
    "verdict.digits": 6,
}


def test_a_version_keeps_these_thresholds_under_these_names() -> None:
    assert thresholds() == KEPT
    assert json.loads(json.dumps(thresholds())) == KEPT
