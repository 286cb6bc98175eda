"""Hosts, proxies, cookies and headers: what keeps other sites and networks out."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web_server import Web
from webapp.application import create_app
from webapp.http import access

PASSWORD = "correct horse battery"
SIGN_UP = access.table().route("POST", "/sign-up").limit
Open = Callable[..., FlaskClient]


@pytest.fixture
def hub(web: Web) -> Iterator[Open]:
    """Applications with other settings, over the same catalogue."""
    made = []

    def start(**settings: object) -> FlaskClient:
        made.append(create_app(dataclasses.replace(web.settings, **settings)))
        return made[-1].test_client(use_cookies=False)

    yield start
    for app in made:
        app.extensions["hub_resources"].database.close()


def sign_up(client: FlaskClient, headers: dict[str, str] | None = None) -> TestResponse:
    form = {"name": f"p{uuid.uuid4().hex[:12]}", "password": PASSWORD, "terms": "1"}
    return client.post("/sign-up", data=form, headers=headers)


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/v1/labels", "/static/base.css"])
def test_only_the_hosts_of_the_hub_are_answered(hub: Open, path: str) -> None:
    client = hub(trusted_hosts=("hub.example",))
    assert client.get(path, headers={"Host": "hub.example"}).status_code == 200
    for host in (
        "evil.example",
        "hub.example.evil.example",
        "hub.example@evil.example",
        "localhost",
    ):
        assert client.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/no/such/page", "/api/v1/status", "/static/base.css", "/account"]
)
def test_every_answer_carries_what_hardens_it(hub: Open, path: str) -> None:
    headers = hub().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in headers


def test_behind_https_browsers_are_told_to_stay_there(hub: Open) -> None:
    answer = hub(trusted_proxies=1).get("/", headers={"X-Forwarded-Proto": "https"})
    assert re.fullmatch(r"max-age=[0-9]{8,}", answer.headers["Strict-Transport-Security"])


@pytest.mark.parametrize("is_https", [False, True])
def test_a_sessions_cookie_is_for_this_hub_and_no_script(hub: Open, is_https: bool) -> None:
    headers = {"X-Forwarded-Proto": "https"} if is_https else {}
    cookie = sign_up(hub(trusted_proxies=1), headers).headers["Set-Cookie"]
    words = {word.strip() for word in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= words
    assert not [word for word in words if word.startswith("Domain")]
    assert ("Secure" in words, cookie.startswith("__Host-session=")) == (is_https, is_https)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "is_limited"),
    [
        (0, "198.51.100.{n}", True),  # nobody in front of us: the header is the asker's own
        (1, "198.51.100.{n}", False),
        (1, "198.51.100.{n}, 192.0.2.1", True),  # what is left of the proxy's word is the asker's
        (2, "198.51.100.{n}, 192.0.2.1", False),
    ],
)
def test_an_address_is_the_one_that_the_last_trusted_proxy_saw(
    hub: Open, proxies: int, forwarded: str, is_limited: bool
) -> None:
    assert SIGN_UP
    client = hub(trusted_proxies=proxies, limit_factor=1)
    place = {"REMOTE_ADDR": f"2001:db8:{uuid.uuid4().hex[:4]}::1"}
    if "192.0.2.1" in forwarded:
        forwarded = forwarded.replace("192.0.2.1", f"192.0.2.{uuid.uuid4().int % 250}")
    bad = {"name": "", "password": ""}
    statuses = set()
    for number in range(SIGN_UP.address + 1):
        headers = {"X-Forwarded-For": forwarded.format(n=number)}
        answer = client.post("/sign-up", data=bad, headers=headers, environ_overrides=place)
        statuses.add(answer.status_code)
    assert (429 in statuses) is is_limited
