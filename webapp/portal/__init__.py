"""The portal: pages that people read. Each page asks a service and fills a template."""

from __future__ import annotations

from flask import Blueprint, Flask
from markupsafe import Markup

from imagehub.errors import Unavailable
from imagehub.vocabulary import Account
from webapp import sessions
from webapp.portal import (
    account,
    accounts,
    contribute,
    coverage,
    demands,
    duplicates,
    front,
    images,
    label_proposals,
    labels,
    models,
    moderation,
    notices,
    operator,
    photo_openings,
    pixels,
    releases,
    review,
    sign_in,
    sign_up,
    subsets,
    terms,
    training,
    webhooks,
    words,
)
from webapp.services import permissions

PAGES: tuple[Blueprint, ...] = (
    front.pages,
    labels.pages,
    images.pages,
    pixels.pages,
    subsets.pages,
    releases.pages,
    training.pages,
    models.pages,
    contribute.pages,
    terms.pages,
    sign_in.pages,
    sign_up.pages,
    account.pages,
    accounts.pages,
    operator.pages,
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
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals.update(
        viewer=_viewer,
        form_word=_form_word,
        unread=notices.unread,
        may_review=permissions.may_review,
        is_admin=permissions.is_admin,
    )
    app.after_request(sessions.keep_private)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _viewer() -> Account | None:
    """Who is signed in; nobody while the catalogue is away, so that its error has a page."""
    try:
        return sessions.viewer()
    except Unavailable:
        return None


def _form_word() -> Markup:
    """The hidden field that every form of a signed-in person carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        sessions.FIELD, sessions.form_word()
    )
