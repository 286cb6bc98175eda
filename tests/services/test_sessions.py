"""Signing in with a token: what a session may do, what ends it, and who cannot ride it."""

from __future__ import annotations

import hashlib
import re

import pytest
import requests

from imagehub.vocabulary import Role
from tests import factories
from tests.signed_in import SignedIn
from tests.web_server import Web


def test_a_session_sees_ones_own_hidden_photo_and_its_pixels_and_leaves_nothing(web: Web) -> None:
    account, token = web.person()
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=account, store=web.store)
    path = f"/images/{photo.image_id}"
    person, stranger = SignedIn(web, token), SignedIn(web, web.person()[1])
    page, pixels = person.get(path), person.get(f"{path}/thumb.jpg")
    assert (page.status_code, pixels.status_code) == (200, 200)
    assert page.headers["Cache-Control"] == "no-store"
    assert pixels.headers["Cache-Control"] == "private, no-store"
    for other in (stranger.get(path), stranger.get(f"{path}/thumb.jpg"), web.get(path)):
        assert other.status_code == 404
    assert person.post("/sign-out").status_code == 303
    assert person.get(path).status_code == 404


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_is_no_token(web: Web) -> None:
    _, token = web.person()
    form = {"token": token, "next": "/"}
    answer = web.post("/sign-in", data=form, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert token not in cookie
    secure = web.post(
        "/sign-in", data=form, allow_redirects=False, headers={"X-Forwarded-Proto": "https"}
    ).headers["Set-Cookie"]
    assert secure.startswith("__Host-session=")
    assert "Secure" in secure
    secret = re.match(r"session=([^;]+)", cookie)
    assert secret
    with web.database.transaction() as cursor:
        digest = hashlib.sha256(secret[1].encode()).digest()
        cursor.execute("select count(*) as n from sessions where secret_sha256 = %s", (digest,))
        assert cursor.fetchone().n == 1


def test_the_api_knows_no_cookie(web: Web) -> None:
    account, token = web.person()
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=account)
    person = SignedIn(web, token)
    assert person.get(f"/api/v1/images/{photo.image_id}").status_code == 404
    assert person.get("/api/v1/uploads").status_code == 401


def test_a_session_ends_with_its_token_and_with_time(web: Web) -> None:
    account, token = web.person()
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=account)
    path, person = f"/images/{photo.image_id}", SignedIn(web, token)
    late = SignedIn(web, token)
    assert person.get(path).status_code == 200
    with web.database.transaction() as cursor:
        cursor.execute("update sessions set ends_at = now()")
    assert late.get(path).status_code == 404
    again = SignedIn(web, token)
    with web.database.transaction() as cursor:
        cursor.execute(
            "update tokens set revoked_at = now() where secret_sha256 = %s",
            (hashlib.sha256(token.encode()).digest(),),
        )
    assert again.get(path).status_code == 404


@pytest.mark.parametrize("token", ["", "dih_wrong", "x" * 5000, "ä"])
def test_a_wrong_token_signs_nobody_in(web: Web, token: str) -> None:
    answer = web.post("/sign-in", data={"token": token, "next": "/"}, allow_redirects=False)
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers
    assert "not valid" in answer.text


def test_another_site_signs_nobody_in(web: Web) -> None:
    form = {"token": web.person()[1]}
    answer = web.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb", ""],
)
def test_signing_in_never_leads_elsewhere(web: Web, wanted: str) -> None:
    form = {"token": web.person()[1], "next": wanted}
    answer = web.post("/sign-in", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/"


def test_every_form_of_a_session_needs_its_word(web: Web) -> None:
    _, token = web.person(Role.REVIEWER)
    person = SignedIn(web, token)
    forms = ("/sign-out", f"/images/{'0' * 16}/reviews", f"/images/{'0' * 16}/duplicate-undos")
    for path in forms:
        for word in ("", "0" * 64, SignedIn(web, token).csrf_token):
            assert person.post(path, csrf_token=word).status_code == 403
        assert requests.post(web.url + path, timeout=30).status_code == 401
    assert person.get("/review").status_code == 200
