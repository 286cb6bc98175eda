"""The portal: pages that people read. Each page asks a service and fills a template."""

from __future__ import annotations

from flask import Blueprint, Flask

from webapp.portal import contribute, front, images, labels, pixels, releases, subsets, words

PAGES: tuple[Blueprint, ...] = (
    front.pages,
    labels.pages,
    images.pages,
    pixels.pages,
    subsets.pages,
    releases.pages,
    contribute.pages,
)


def register(app: Flask) -> None:
    """Add the pages to an application, and the words that their templates use."""
    for pages in PAGES:
        app.register_blueprint(pages)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
