"""The REST API, version 1: the routes of all subjects.

A new subject has an `api.py` with `endpoints = Endpoints("subject")` and a line in `SUBJECTS`.
"""

from __future__ import annotations

from flask import Blueprint

from webapp.accounts import api as account
from webapp.demands import api as demands
from webapp.duplicates import api as duplicates
from webapp.http import description
from webapp.http.endpoints import Endpoints
from webapp.images import api as images
from webapp.labels import api as labels
from webapp.models import api as models
from webapp.moderation import api as reports
from webapp.notices import api as notices
from webapp.operation import probes_api as probes
from webapp.operation import status_api as status
from webapp.operation import verification_api as verification
from webapp.proposals import api as label_proposals
from webapp.releases import api as releases
from webapp.releases import documents_api as documents
from webapp.reviews import api as reviews
from webapp.subsets import api as subsets
from webapp.training import api as training_runs
from webapp.uploads import api as uploads
from webapp.webhooks import api as webhooks

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
    described = description.ApiDescription({PREFIX: SUBJECTS, "": (probes.endpoints,)})
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for endpoints in (*SUBJECTS, described.endpoints):
        endpoints.register(api)
    outside = Blueprint("outside", __name__)
    probes.endpoints.register(outside)
    outside.add_url_rule("/docs", "docs", described.page)
    return api, outside
