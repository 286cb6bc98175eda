"""Sign in and out: passwords, links and tokens; forms of other sites; what a new password ends."""

from __future__ import annotations

import re
import uuid

import pytest

from imagehub.catalogue.accounts.tokens import issue_link
from imagehub.catalogue.database import Database
from imagehub.errors import Unauthorised
from imagehub.vocabulary import Role
from tests.newcomers import PASSWORD, Browser
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.accounts import access_tokens
from webapp.accounts import service as services
from webapp.accounts.service import Newcomer


def test_one_signs_in_by_e_mail_in_any_case(database: Database) -> None:
    services.sign_up(database, Newcomer("ana", PASSWORD, "Ana@Example.org"))
    assert services.sign_in(database, "ANA@example.org", PASSWORD).name == "ana"


@pytest.mark.parametrize("name", ["nobody-here", "' or 1=1 --", "x" * 5000])
def test_a_stranger_hears_what_a_wrong_password_hears(web: Web, name: str) -> None:
    answer = Browser(web).post("/sign-in", name=name, password=PASSWORD)
    assert answer.status_code == 422
    assert "The name or the password is wrong." in answer.text


def test_a_new_password_ends_all_other_sessions_and_signing_out_everywhere_all(web: Web) -> None:
    person = Browser(web).sign_up()
    other = Browser(web)
    other.post("/sign-in", name=person.name, password=PASSWORD)
    assert other.is_in()
    assert person.post("/account/password", old="wrong", new=PASSWORD + "!").status_code == 422
    assert person.post("/account/password", old=PASSWORD, new="short").status_code == 422
    assert other.is_in()
    assert person.post("/account/password", old=PASSWORD, new=PASSWORD + "!").status_code == 303
    assert (person.is_in(), other.is_in()) == (True, False)
    other.post("/sign-in", name=person.name, password=PASSWORD + "!")
    assert person.post("/account/sign-out-everywhere").status_code == 303
    assert (person.is_in(), other.is_in()) == (False, False)


def test_one_ends_a_session_elsewhere_and_only_that_one(web: Web) -> None:
    person = Browser(web).sign_up()
    lost, kept = Browser(web), Browser(web)
    for browser in (kept, lost):
        browser.post("/sign-in", name=person.name, password=PASSWORD)
    page = person.get("/account").text
    assert page.count("this one") == 1
    newest, _ = re.findall("/account/sessions/([0-9a-f-]{36})/end", page)
    assert person.post(f"/account/sessions/{newest}/end").status_code == 303
    assert (person.is_in(), kept.is_in(), lost.is_in()) == (True, True, False)
    assert person.post(f"/account/sessions/{newest}/end").status_code == 404


def test_a_link_signs_in_once_and_is_not_used_up_by_looking(web: Web) -> None:
    name, person, late = f"p{uuid.uuid4().hex[:12]}", Browser(web), Browser(web)
    path = f"/sign-in/link?secret={issue_link(web.database, name, [Role.REVIEWER])}"
    for _ in range(2):
        assert "Sign in" in person.get(path).text
    secret = path.partition("=")[2]
    answer = person.post("/sign-in/link", secret=secret)
    assert answer.headers["Location"] == "/account"
    assert person.is_in()
    assert late.post("/sign-in/link", secret=secret).status_code == 422
    assert not late.is_in()
    assert person.post("/account/password", new=PASSWORD).status_code == 303
    assert late.post("/sign-in", name=name, password=PASSWORD).status_code == 303


def test_a_link_that_is_too_old_signs_nobody_in(database: Database) -> None:
    secret = issue_link(database, "ana")
    with database.transaction() as cursor:
        cursor.execute("update sign_in_links set ends_at = now()")
    with pytest.raises(Unauthorised):
        services.sign_in_by_link(database, secret)


def test_a_new_password_ends_links_and_where_wished_tokens(web: Web) -> None:
    person = Browser(web).sign_up()
    account = services.sign_in(web.database, person.name, PASSWORD)
    secret = issue_link(web.database, person.name)
    token = access_tokens.make(web.database, account, "x", ["read"])
    assert "Revoke all tokens too" in person.get("/account").text
    changed = "another long password"
    assert person.post("/account/password", old=PASSWORD, new=changed).status_code == 303
    assert Browser(web).post("/sign-in/link", secret=secret).status_code == 422
    assert web.get("/api/v1/account", token).status_code == 200
    wish = {"old": changed, "new": PASSWORD, "revoke_tokens": "1"}
    assert person.post("/account/password", **wish).status_code == 303
    assert web.get("/api/v1/account", token).status_code == 401
    assert person.is_in()


def test_signing_out_everywhere_ends_links_too(web: Web) -> None:
    person = Browser(web).sign_up()
    secret = issue_link(web.database, person.name)
    assert person.post("/account/sign-out-everywhere").status_code == 303
    assert Browser(web).post("/sign-in/link", secret=secret).status_code == 422


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/link?secret=x", "/sign-up", "/account"])
def test_no_cache_keeps_a_page_that_shows_or_takes_a_secret(web: Web, path: str) -> None:
    page = Browser(web).sign_up().get(path)
    assert page.headers["Cache-Control"] == "no-store"
    if path != "/account":
        assert web.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example", "x"],
)
def test_a_form_of_another_origin_signs_nobody_in(web: Web, origin: str) -> None:
    form = {"token": web.person()[1]}
    heard = web.post("/sign-in", data=form, headers={"Origin": origin}, allow_redirects=False)
    assert heard.status_code == 422
    heard = web.post("/sign-in", data=form, headers={"Origin": web.url}, allow_redirects=False)
    assert heard.status_code == 303


def test_a_form_of_another_site_signs_nobody_up_or_in(web: Web) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    name = f"p{uuid.uuid4().hex[:12]}"
    form = {"name": name, "password": PASSWORD}
    assert web.post("/sign-up", data=form, headers=headers).status_code == 403
    assert web.post("/sign-in/link", data={"secret": "x"}, headers=headers).status_code == 403


def test_signed_in_by_token_one_still_sets_a_password(web: Web) -> None:
    person = SignedIn(web, web.person()[1])
    assert "Set a password</a> first" in person.get("/account").text
    refused = person.post("/account/tokens", name="x", scope="read")
    assert (refused.status_code, "dih_" in refused.text) == (422, False)
    assert person.post("/account/password", new=PASSWORD).status_code == 303
    assert person.get("/account").status_code == 200
