"""How many bytes a page brings along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Response


@dataclass
class Weight:
    """What a page asked for since the scale was set under it."""

    page: Page
    transferred_bytes: int = 0
    _scripts: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)
        self.page.on("response", self._keep_script)

    @property
    def script_bytes(self) -> int:
        """All scripts, unpacked."""
        return sum(len(script.body()) for script in self._scripts)

    def reset(self) -> None:
        """Begin at nothing."""
        self.transferred_bytes = 0
        self._scripts.clear()

    def _add(self, event: dict[str, Any]) -> None:
        self.transferred_bytes += event["encodedDataLength"]

    def _keep_script(self, response: Response) -> None:
        if response.request.resource_type == "script":
            self._scripts.append(response)
