"""axe-core, the checker of accessibility that browsers' own tools use, run in the page."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import Page

SOURCE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async but_for => {
  const found = await axe.run({exclude: but_for}, {resultTypes: ['violations']});
  return found.violations
    .filter(fault => ['serious', 'critical'].includes(fault.impact))
    .map(fault => `${fault.id}: ${fault.help}: ${fault.nodes.map(node => node.html).join(' ')}`);
}"""


def serious_faults(page: Page, *but_for: str) -> list[str]:
    """What axe calls serious or critical on the page as it is: sentences with the elements.

    `but_for` are selectors of what is left out.
    """
    page.evaluate(SOURCE)
    found: list[str] = page.evaluate(RUN, list(but_for))
    return found
