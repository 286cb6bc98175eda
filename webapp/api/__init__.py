"""The REST API, version 1: one thing per file, its models beside it.

A new thing is a file with `endpoints = Endpoints("thing")` and a line in `SUBJECTS`.
"""

from __future__ import annotations

from flask import Blueprint

from webapp.api import (
    account,
    demands,
    description,
    documents,
    duplicates,
    images,
    label_proposals,
    labels,
    models,
    notices,
    probes,
    releases,
    reports,
    reviews,
    status,
    subsets,
    training_runs,
    uploads,
    verification,
    webhooks,
)
from webapp.api.endpoints import Endpoints

PREFIX = "/api/v1"
SUBJECTS: tuple[Endpoints, ...] = (
    uploads.endpoints,
    labels.endpoints,
    images.endpoints,
    reviews.endpoints,
    duplicates.endpoints,
    subsets.endpoints,
    releases.endpoints,
    reports.endpoints,
    documents.endpoints,
    training_runs.endpoints,
    models.endpoints,
    status.endpoints,
    verification.endpoints,
    account.endpoints,
    notices.endpoints,
    demands.endpoints,
    label_proposals.endpoints,
    webhooks.endpoints,
)


def blueprints() -> tuple[Blueprint, ...]:
    """All routes: those below /api/v1, the probes, and the description of both."""
    described = description.Description({PREFIX: SUBJECTS, "": (probes.endpoints,)})
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for endpoints in (*SUBJECTS, described.endpoints):
        endpoints.register(api)
    outside = Blueprint("outside", __name__)
    probes.endpoints.register(outside)
    outside.add_url_rule("/docs", "docs", described.page)
    return api, outside
