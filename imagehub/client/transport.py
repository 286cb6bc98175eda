"""One HTTP request to the hub: tries again where that may help, and speaks in our errors."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from imagehub.client.retries import RetryPolicy
from imagehub.errors import (
    Conflict,
    Forbidden,
    HubError,
    Misconfigured,
    NotFound,
    Refused,
    Unauthorised,
    Unavailable,
)

CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 60.0
TRY_AGAIN = {429, 502, 503, 504}
BROKEN_CONNECTION = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    `repeatable`: it may be sent again when it is unknown whether it arrived; a call that the
    server put off (503, 429) is always sent again.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: bytes | None = None
    stream: bool = False
    repeatable: bool = True


class Transport:
    """The way to one server with one token. Safe to share between threads."""

    def __init__(
        self, server: str, token: str = "", retry_policy: RetryPolicy | None = None
    ) -> None:
        parts = urlsplit(server)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Misconfigured(f"{server!r} is no address of a hub; say http://HOST:PORT.")
        self.server = server.rstrip("/")
        self.retry_policy = retry_policy or RetryPolicy()
        self.token = token
        self._local = threading.local()

    def send(self, call: Call) -> requests.Response:
        """Send a call and return its 2xx response; a streamed one must be closed.

        Raises what the server's problem means, and Unavailable when patience is at its end.
        """
        for attempt in range(self.retry_policy.attempts):
            is_last = attempt == self.retry_policy.attempts - 1
            try:
                response = self._try(call)
            except BROKEN_CONNECTION as error:
                if is_last or not call.repeatable:
                    raise Unavailable(self._unreachable(error)) from error
                self.retry_policy.pause(attempt)
                continue
            if response.status_code // 100 == 2:
                return response
            with response:
                if response.status_code not in TRY_AGAIN or is_last:
                    raise problem_of(response)
            self.retry_policy.pause(attempt, response.headers.get("Retry-After"))
        raise AssertionError("a retry policy allows at least one attempt")

    def json(self, call: Call) -> Any:
        """Send a call and return its answer's JSON."""
        with self.send(call) as response:
            try:
                return response.json()
            except ValueError as error:
                raise Misconfigured(
                    f"{self.server} does not answer like a hub; is this its address?"
                ) from error

    def _try(self, call: Call) -> requests.Response:
        try:
            return self._session().request(
                call.method,
                self.server + call.path,
                params=call.params,
                headers=call.headers,
                json=call.json,
                data=call.body,
                stream=call.stream,
                timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                allow_redirects=False,
            )
        except BROKEN_CONNECTION:
            raise
        except requests.exceptions.RequestException as error:
            raise Misconfigured(f"{self.server} cannot be asked: {error}.") from error

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.auth = self._authorise  # also keeps ~/.netrc from replacing the token
            self._local.session = session
        return session

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def _unreachable(self, error: Exception) -> str:
        what = "does not answer in time" if _is_timeout(error) else "cannot be reached"
        return f"{self.server} {what}. Is the hub up, and is this its address?"


def problem_of(response: requests.Response) -> HubError:
    """The error that a response other than 2xx means."""
    status = response.status_code
    code, detail = _read_problem(response)
    known: dict[int, type[HubError]] = {401: Unauthorised, 403: Forbidden, 404: NotFound}
    if status in known:
        return known[status](detail)
    if status == 409:
        return Conflict(detail)
    if status in TRY_AGAIN or status >= 500:
        return Unavailable(f"{detail} (HTTP {status})")
    if status // 100 == 3:
        where = response.headers.get("Location", "elsewhere")
        return Misconfigured(f"The server sends us to {where}; name the hub's own address.")
    return Refused(code, detail)


def _read_problem(response: requests.Response) -> tuple[str, str]:
    fallback = f"The server answered {response.status_code} {response.reason}."
    try:
        problem = response.json()
    except (ValueError, *BROKEN_CONNECTION):
        return f"http_{response.status_code}", fallback
    if not isinstance(problem, dict):
        return f"http_{response.status_code}", fallback
    code = str(problem.get("code") or f"http_{response.status_code}")
    return code, str(problem.get("detail") or fallback)


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, requests.exceptions.Timeout)
