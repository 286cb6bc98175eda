"""Texts, moments and numbers that Postgres could not take are refused, wherever they come in."""

from __future__ import annotations

import base64
import json
import uuid

import pytest

from imagehub.vocabulary import Role
from tests import photos
from tests.factories.photo_releases import release_with_photos
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.http import access

UUIDS = ("00000000-0000-0000-0000-000000000000",)
MOMENTS = [
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+00:01",
    "2026-01-01", "2026-01-01T00:00:00", "2026-W01-1", "20260101T000000Z", "2026-01-01T24:00:00Z",
]  # fmt: skip
LISTS = [
    "/api/v1/releases", "/releases", "/subsets", "/api/v1/uploads", "/api/v1/training-runs",
    "/training-runs", "/api/v1/labels", "/labels", "/coverage", "/demands", "/notices",
    "/api/v1/notices", "/api/v1/missions", "/app/missions", "/app/uploads", "/accounts", "/audit",
    "/moderation", "/operator", "/review",
]  # fmt: skip


def cursor(*values: object) -> str:
    text = json.dumps(values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


KEYS = [
    *(cursor(moment, text) for moment in MOMENTS for text in ("x", *UUIDS)),
    *(cursor(number) for number in (10**30, -(10**30), 2**63, -(2**63), 1e308)),
    *(cursor(number, text) for number in (10**30, -(10**30), 1e308) for text in ("x", "/m/0x")),
    cursor(10**30, "x", "x"), cursor(-(10**30), "x", "x"), cursor("x"), cursor("\x00"),
    base64.urlsafe_b64encode(b"[NaN,\"x\"]").decode().rstrip("="),
    base64.urlsafe_b64encode(b"[-Infinity,\"x\"]").decode().rstrip("="),
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_no_cursor_breaks_a_list(web: Web, path: str) -> None:
    _, token = web.person(*Role)
    browser = SignedIn(web, token)
    for key in KEYS:
        for name in ("after", "before"):
            program = web.get(f"{path}?{name}={key}", token).status_code
            assert max(program, browser.get(f"{path}?{name}={key}").status_code) < 500, key


@pytest.mark.parametrize("moment", MOMENTS[:3])
def test_a_cursor_of_no_moment_is_malformed(web: Web, moment: str) -> None:
    heard = web.get(f"/api/v1/releases?after={cursor(moment, 'x')}")
    assert (heard.status_code, heard.json()["code"]) == (422, "cursor_malformed")


PAGES = sorted(rule for method, rule in access.table().routes if method == "POST")


@pytest.mark.parametrize("path", PAGES)
def test_no_field_of_a_form_brings_what_postgres_cannot_take(web: Web, path: str) -> None:
    fields = (
        "name", "email", "password", "old", "new", "present", "token", "secret", "url", "words",
        "kind", "why", "label", "reason", "photo", "because", "outcome", "answer", "other", "page",
        "scope", "role", "example", "act", "parent", "next", "description", "target", "days",
    )  # fmt: skip
    for part in ("<kind>", "<code>", "<name>"):
        path = path.replace(part, "x")
    while "<" in path:
        before, _, rest = path.partition("<")
        path = before + str(uuid.uuid4()) + rest.partition(">")[2]
    _, token = web.person(*Role)
    browser = SignedIn(web, token)
    for text in ("a\x00b", "a\x00b@example.com", "\ud800".encode("utf-8", "surrogatepass")):
        form = dict.fromkeys(fields, text)
        heard = browser.session.post(
            web.url + path, data={**form, "csrf_token": browser.csrf_token}, allow_redirects=False
        )
        assert heard.status_code < 500


@pytest.mark.parametrize(
    "text", ["a\x00b@example.com", "a\x1bb@example.com", "group:;@example.com"]
)
def test_an_address_that_is_none_is_refused_at_the_sign_up(web: Web, text: str) -> None:
    form = {"name": f"p{uuid.uuid4().hex[:12]}", "password": "correct horse battery"}
    assert web.post("/sign-up", "", data={**form, "email": text}).status_code == 422


@pytest.mark.parametrize("name", ["a%0D%0AX:%20y", "%C4%B0", "%F0%9F%97%8C", "%00", "%ff", "%5C"])
def test_a_dataset_of_any_name_is_not_found_and_told_so(web: Web, name: str) -> None:
    for path in (f"hub/{name}", f"{name}/x", f"hub/x/revision/{name}"):
        answer = web.get(f"/api/datasets/{path}")
        assert answer.status_code == 404
        assert answer.headers.get("X-Error-Code", "RepoNotFound") == "RepoNotFound"


@pytest.mark.parametrize(
    "body",
    ['{"paths": 5}', '{"paths": {"a": 1}}', '{"paths": [1, [[]], null]}', "[]", "{", "[" * 50_000],
)
def test_paths_that_are_none_lead_nowhere(web: Web, body: str) -> None:
    with web.database.transaction() as cursor:
        release = release_with_photos(cursor, web.store, [photos.jpeg(1, 64, 64)]).id
    path = f"/api/datasets/hub/{release.rpartition('-')[0]}/paths-info/main"
    headers = {"Content-Type": "application/json"}
    answer = web.post(path, data=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, [])
