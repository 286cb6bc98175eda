"""Gather those who judge: the crowd's model as it stands, the class network, the label graph."""

from __future__ import annotations

import numpy as np

from imagehub.catalogue.verification import claim_weights, crowd_models, verdicts
from imagehub.catalogue.verification.image_checks import Version
from imagehub.findings import UNREADABLE
from imagehub.vision import class_map
from imagehub.vision.network import Scores
from imagehub.vision.registry import Networks
from imagehub.vocabulary import EMBEDDING_DIMENSIONS
from spark_jobs.runs import SparkJobContext
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.network import ClassNetwork
from spark_jobs.verify.agreement.panel import ClaimSample, Panel, fit_crowd, measure_temperature
from spark_jobs.verify.agreement.record import right_share
from spark_jobs.verify.checks.all_checks import REJECTED

SAMPLED_CLAIMS = 500


def gather(context: SparkJobContext, version: Version, networks: Networks) -> Panel:
    """The panel that judges claims of the version now."""
    with context.database.transaction() as cursor:
        labels = crowd_models.label_sums(cursor, version.number)
        gram = crowd_models.gram(cursor, version.number)
        sampled = claim_weights.sample(cursor, version.number, SAMPLED_CLAIMS)
        share = right_share(*crowd_models.totals(cursor, version.number))
        graph = LabelGraph(verdicts.label_names(cursor), verdicts.label_ancestors(cursor))
    crowd = fit_crowd(
        CrowdStatistics(
            tuple(label_sum.label for label_sum in labels),
            np.array([label_sum.sample_weight for label_sum in labels]),
            np.array([label_sum.embeddings for label_sum in labels]).reshape(
                -1, EMBEDDING_DIMENSIONS
            ),
            gram,
        )
    )
    network = None
    if networks.classes is not None:
        known = networks.classes.network
        meaning = class_map.load(str(known.class_map), known.outputs)
        graph = graph.extended(meaning.is_a)
        mids = frozenset(filter(None, meaning.mids))
        network = ClassNetwork.of(graph, mids, known.scores is Scores.SOFTMAX)
    sample = ClaimSample(
        [label for label, _, _ in sampled],
        np.array([embedding for _, _, embedding in sampled]).reshape(-1, EMBEDDING_DIMENSIONS),
        np.array([sample_weight for _, sample_weight, _ in sampled]),
    )
    temperature = measure_temperature(crowd, sample, share)
    contributors = {label_sum.label: label_sum.contributors for label_sum in labels}
    unreadable = UNREADABLE.code
    return Panel(crowd, temperature, network, graph, REJECTED, unreadable, share, contributors)
