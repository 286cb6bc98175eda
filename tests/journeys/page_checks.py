"""What must hold on every page, asked of the browser itself."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

CHECKS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").partition("\n")[2]
SETTLED = """() => document.readyState === 'complete' && [...document.images].every(
  image => image.loading === 'lazy' || image.complete
)"""


def complaints_about(page: Page) -> list[str]:
    """Everything that a person with or without sight would trip over on the page, once it is there.

    An image that cannot be loaded is there too, and is complained about.
    """
    page.wait_for_function(SETTLED)
    found: list[str] = page.evaluate(CHECKS)
    return found
