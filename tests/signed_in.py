"""A person who is signed in at the portal: requests with a session's cookie."""

from __future__ import annotations

import re

import requests

from tests.web_server import Web

CSRF_FIELD = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


class SignedIn:
    """A browser without scripts: it keeps its cookie and fills in forms."""

    def __init__(self, web: Web, token: str) -> None:
        self._url = web.url
        self.session = requests.Session()
        answer = self._send("/sign-in", {"token": token, "next": "/contribute"})
        assert answer.status_code == 303, answer.text
        found = CSRF_FIELD.search(self.get("/contribute").text)
        assert found
        self.csrf_token = found[1]

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self._url + path, timeout=30, allow_redirects=False)

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form of our own pages; name `csrf_token` to send another one."""
        return self._send(path, {"csrf_token": self.csrf_token, **fields})

    def _send(self, path: str, fields: dict[str, str]) -> requests.Response:
        return self.session.post(self._url + path, data=fields, timeout=30, allow_redirects=False)
