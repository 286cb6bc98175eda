"""A walk over a page by the Tab key alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

WALK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").partition("\n")[2]
MOST_STEPS = 60
"""A list of photos goes on like its first ones."""


def faults_by_keyboard(page: Page) -> list[str]:
    """What is wrong for who has no mouse, in sentences.

    Everything can be reached, in the order in which it is read; what has the focus is to be seen
    and looks different; and nothing holds the focus for good. The page must not scroll smoothly
    (`reduced_motion`), or what is looked at is still on its way.
    """
    page.evaluate(WALK)
    goes_on, steps = True, 0
    while goes_on and steps < MOST_STEPS:
        page.keyboard.press("Tab")
        goes_on = page.evaluate("() => keyboardWalk.step()")
        steps += 1
    found: list[str] = page.evaluate("isWhole => keyboardWalk.end(isWhole)", not goes_on)
    return found
