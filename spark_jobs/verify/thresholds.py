"""Every number that decides a verdict, by the name under which a version of verification keeps it.

A change of a name or a number here makes a new version, and the hub then judges every photo anew.
So a name stays as it is when the constant behind it is renamed or moved. A new constant that
decides verdicts needs a line here.
"""

from __future__ import annotations

from typing import Any

from spark_jobs.verify.agreement import (
    discriminant,
    likeness,
    mixture,
    network,
    probability,
    record,
    review_rules,
    strangers,
    temperature,
    verdict,
)
from spark_jobs.verify.checks import all_checks


def thresholds() -> dict[str, Any]:
    """The numbers, as the catalogue can keep them in JSON."""
    return {
        "checks": all_checks.THRESHOLDS,
        "prior": probability.PRIOR,
        "discriminant.shrinkage": discriminant.SHRINKAGE,
        "discriminant.least_weight": discriminant.LEAST_WEIGHT,
        "discriminant.least_freedom": discriminant.LEAST_FREEDOM,
        "discriminant.tiny": discriminant.TINY,
        "likeness.least_others": likeness.LEAST_OTHERS,
        "likeness.copy_similarity": likeness.COPY_SIMILARITY,
        "likeness.alike": likeness.ALIKE,
        "mixture.least_weight": discriminant.LEAST_WEIGHT,
        "mixture.most_steps": mixture.MOST_STEPS,
        "mixture.settled_change": mixture.SETTLED_CHANGE,
        "mixture.most_rivals": mixture.MOST_RIVALS,
        "mixture.credit_photos": mixture.CREDIT_PHOTOS,
        "mixture.never": mixture.NEVER,
        "network.support": list(network.SUPPORT),
        "network.log_ratio": list(network.LOG_RATIO),
        "network.least_named": network.LEAST_NAMED,
        "probability.prior": probability.PRIOR,
        "probability.doubt": probability.DOUBT,
        "record.prior": probability.PRIOR,
        "record.credit_claims": record.CREDIT_CLAIMS,
        "record.hub_credit_claims": record.HUB_CREDIT_CLAIMS,
        "record.quietness": record.QUIETNESS,
        "record.least_share": record.LEAST_SHARE,
        "record.most_share": record.MOST_SHARE,
        "record.surest": record.SUREST,
        "strangers.least_strangers": strangers.LEAST_STRANGERS,
        "strangers.worth_a_look": strangers.WORTH_A_LOOK,
        "strangers.outnumbered": strangers.OUTNUMBERED,
        "strangers.least_own_gain": strangers.LEAST_OWN_GAIN,
        "strangers.least_own_gain_a_photo": strangers.LEAST_OWN_GAIN_A_PHOTO,
        "strangers.sampled_fellows": strangers.SAMPLED_FELLOWS,
        "temperature.temperatures": list(temperature.TEMPERATURES),
        "temperature.most_cautious": temperature.MOST_CAUTIOUS,
        "verdict.prior": probability.PRIOR,
        "verdict.sure": review_rules.SURE,
        "verdict.wrong_verified_reviews": verdict.WRONG_VERIFIED_REVIEWS,
        "verdict.good_rejected_reviews": verdict.GOOD_REJECTED_REVIEWS,
        "verdict.verified_from": verdict.VERIFIED_FROM,
        "verdict.rejected_below": verdict.REJECTED_BELOW,
        "verdict.digits": verdict.DIGITS,
    }
