"""The portal: the pages of all subjects. Each page calls a service and fills a template."""

from __future__ import annotations

from flask import Blueprint, Flask
from markupsafe import Markup

from imagehub.errors import Unavailable
from imagehub.vocabulary import Account
from webapp.accounts import admin_pages as accounts
from webapp.accounts import pages as account
from webapp.accounts import sign_in_pages as sign_in
from webapp.accounts import sign_up_pages as sign_up
from webapp.accounts import terms_pages as terms
from webapp.coverage import pages as coverage
from webapp.demands import pages as demands
from webapp.duplicates import pages as duplicates
from webapp.front import pages as front
from webapp.http import page_words, sessions
from webapp.images import pages as images
from webapp.images import permissions
from webapp.images import pixels_pages as pixels
from webapp.imports import pages as imports
from webapp.labels import pages as labels
from webapp.models import pages as models
from webapp.moderation import openings_pages as photo_openings
from webapp.moderation import pages as moderation
from webapp.notices import pages as notices
from webapp.operation import pages as operator
from webapp.proposals import pages as label_proposals
from webapp.releases import huggingface
from webapp.releases import pages as releases
from webapp.reviews import pages as review
from webapp.subsets import pages as subsets
from webapp.training import pages as training
from webapp.uploads import pages as contribute
from webapp.webhooks import pages as webhooks

PAGES: tuple[Blueprint, ...] = (
    front.pages,
    labels.pages,
    images.pages,
    pixels.pages,
    subsets.pages,
    releases.pages,
    huggingface.pages,
    training.pages,
    models.pages,
    contribute.pages,
    terms.pages,
    sign_in.pages,
    sign_up.pages,
    account.pages,
    accounts.pages,
    operator.pages,
    imports.pages,
    review.pages,
    duplicates.pages,
    moderation.pages,
    photo_openings.pages,
    notices.pages,
    demands.pages,
    coverage.pages,
    label_proposals.pages,
    webhooks.pages,
)


def register(app: Flask) -> None:
    """Add the pages to an application, and the words that their templates use."""
    for pages in PAGES:
        app.register_blueprint(pages)
    app.jinja_env.filters.update(page_words.FILTERS)
    app.jinja_env.globals.update(
        viewer=_viewer,
        csrf_token=_csrf_token,
        unread=notices.unread,
        may_review=permissions.may_review,
        is_admin=permissions.is_admin,
    )
    app.after_request(sessions.keep_private)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _viewer() -> Account | None:
    """The signed-in account; None while the catalogue is away, so that its error has a page."""
    try:
        return sessions.viewer()
    except Unavailable:
        return None


def _csrf_token() -> Markup:
    """The hidden field that every form of a signed-in person carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        sessions.FIELD, sessions.csrf_token()
    )
