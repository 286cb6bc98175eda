"""The form that asks who one is, filled in with an access token."""

from __future__ import annotations

from playwright.sync_api import Page


def fill_sign_in(page: Page, token: str) -> None:
    """Sign in at the form that the page shows."""
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in", exact=True).click()
