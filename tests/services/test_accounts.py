"""Accounts: sign up, tokens, roles, payments, deletion, and the audit log."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from imagehub.catalogue.accounts import accounts, audit_events
from imagehub.catalogue.accounts.tokens import issue_link
from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads import withdrawals
from imagehub.catalogue.web_login import ROLE
from imagehub.errors import Conflict, Refused
from imagehub.vocabulary import Role, Scope
from tests import factories
from tests.newcomers import PASSWORD, Browser, newcomer, somebody_waits
from tests.web_server import Web
from webapp.accounts import access_tokens
from webapp.accounts import service as services
from webapp.accounts.grants import Grants
from webapp.accounts.service import Newcomer
from webapp.http import access


def test_who_signs_up_is_in_and_comes_in_again_with_the_password(web: Web) -> None:
    person = Browser(web).sign_up()
    assert person.is_in()
    assert person.post("/sign-out").status_code == 303
    assert not person.is_in()
    assert person.post("/sign-in", name=person.name, password="wrong").status_code == 422
    assert not person.is_in()
    answer = person.post("/sign-in", name=person.name, password=PASSWORD, next="/releases")
    assert answer.headers["Location"] == "/releases"
    assert person.is_in()


@pytest.mark.parametrize("name", ["", "Ana", "a b", "-a", "a" * 41, "a\0", "ä", "a@b"])
def test_a_name_that_cannot_be_is_refused(database: Database, name: str) -> None:
    with pytest.raises(Refused, match="lower-case"):
        newcomer(database, name)


@pytest.mark.parametrize("password", ["", "short", "a" * 20, "x" * 201, "ana ana ana ana"])
def test_a_weak_password_is_refused(database: Database, password: str) -> None:
    with pytest.raises(Refused, match="Choose a password"):
        services.sign_up(database, Newcomer("ana", password))


def test_a_taken_name_or_address_is_said_beside_its_field_and_makes_nothing(web: Web) -> None:
    person, other = Browser(web).sign_up(), Browser(web)
    assert "name is taken" in other.post("/sign-up", name=person.name, password=PASSWORD).text
    mail = f"{person.name}@example.org"
    assert Browser(web).post(
        "/sign-up", name=f"{person.name}-2", password=PASSWORD, email=mail
    ).status_code == 303  # fmt: skip
    answer = other.post("/sign-up", name=other.name, password=PASSWORD, email=mail)
    assert (answer.status_code, "address is taken" in answer.text) == (422, True)
    assert other.sign_up().is_in()


def test_a_token_is_shown_once_does_what_its_scopes_say_and_ends_when_revoked(web: Web) -> None:
    person = Browser(web).sign_up()
    wish = {"name": "my phone", "scope": ["read"]}
    for wrong in ("", "wrong"):
        refused = person.post("/account/tokens", present=wrong, **wish)
        assert (refused.status_code, "password is wrong" in refused.text) == (422, True)
        assert "dih_" not in refused.text
    shown = person.post("/account/tokens", present=PASSWORD, **wish)
    token = re.search(r"dih_[A-Za-z0-9_-]{43}", shown.text)
    assert token
    page = person.get("/account").text
    assert "my phone" in page
    assert token[0] not in page
    own = web.get("/api/v1/account", token[0]).json()
    assert own == {"name": person.name, "roles": ["contributor"], "scopes": ["read"]}
    refused = web.send(token[0], b"x", "Dog")
    assert (refused.status_code, "scope upload" in refused.json()["detail"]) == (403, True)
    assert web.post("/sign-in", data={"token": token[0]}).status_code == 422
    revoke = re.search(r"/account/tokens/[0-9a-f-]{36}/revoke", person.get("/account").text)
    assert revoke
    assert Browser(web).sign_up().post(revoke[0]).status_code == 404
    assert web.get("/api/v1/account", token[0]).status_code == 200
    assert person.post(revoke[0]).status_code == 303
    assert web.get("/api/v1/account", token[0]).status_code == 401


def test_every_scope_that_the_table_names_is_needed(web: Web) -> None:
    account, _ = web.person(*Role)
    for scope, path in ((Scope.READ, "/api/v1/uploads"), (Scope.REVIEW, "/api/v1/verification")):
        others = [other_scope for other_scope in Scope if other_scope is not scope]
        assert (
            web.get(path, access_tokens.make(web.database, account, "x", others)).status_code == 403
        )
        assert (
            web.get(path, access_tokens.make(web.database, account, "y", [scope])).status_code
            != 403
        )


def test_an_admin_gives_roles_that_count_at_once_and_suspends(web: Web) -> None:
    admin, person = Browser(web).sign_up(), Browser(web).sign_up()
    with web.database.transaction() as cursor:
        cursor.execute("update accounts set roles = '{admin}' where name = %s", (admin.name,))
        cursor.execute("select id::text from accounts where name = %s", (person.name,))
        path = f"/accounts/{cursor.fetchone().id}"
    assert person.name in admin.get(f"/accounts?q={person.name}").text
    assert admin.post(path, role=["reviewer"], password="wrong").status_code == 422
    assert "Your roles: contributor." in person.get("/account").text
    assert admin.post(path, role=["reviewer", "premium"], password=PASSWORD).status_code == 303
    assert "Your roles: premium, reviewer." in person.get("/account").text
    assert "contributor → premium, reviewer" in admin.get("/audit").text
    assert "contributor → premium, reviewer" in person.get("/account").text
    assert admin.post(path, role=["god"], password=PASSWORD).status_code == 422
    made = person.post("/account/tokens", name="x", scope=["read"], present=PASSWORD)
    token = re.search(r"dih_[\w-]{43}", made.text)
    assert token
    assert admin.post(path, suspended="1", password=PASSWORD).status_code == 303
    assert not person.is_in()
    assert web.get("/api/v1/account", token[0]).status_code == 401
    assert person.post("/sign-in", name=person.name, password=PASSWORD).status_code == 422
    assert admin.post(path, password=PASSWORD).status_code == 303
    assert person.post("/sign-in", name=person.name, password=PASSWORD).status_code == 303


def test_a_payment_gives_premium_and_takes_it_without_touching_other_roles(
    database: Database,
) -> None:
    account = newcomer(database)
    for is_paid in (True, True, False):
        with database.transaction() as cursor:
            Grants(cursor, None).premium(account.id, is_paid)
            entry = accounts.lock(cursor, account.id)
        expected = {Role.CONTRIBUTOR, Role.PREMIUM} if is_paid else {Role.CONTRIBUTOR}
        assert entry
        assert entry.account.roles == expected
    with database.transaction() as cursor:
        events = audit_events.of_account(cursor, account.id, 10)
    assert [event.action for event in events] == ["roles changed", "roles changed", "signed up"]


def test_a_payments_webhook_needs_nobody_who_is_signed_in(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)
    entrance = Database(catalogue_url, role=ROLE).for_sign_in()
    with entrance.transaction() as cursor:
        Grants(cursor, None).premium(account.id, is_paid=True)
    assert Role.PREMIUM in services.sign_in(database, account.name, PASSWORD).roles


def test_deleting_an_account_takes_its_name_and_keeps_what_it_sent(web: Web) -> None:
    person = Browser(web).sign_up()
    account = services.sign_in(web.database, person.name, PASSWORD)
    with web.database.transaction() as cursor:
        photo = factories.verified_photo(cursor, factories.label(cursor), owner=account)
        for _ in range(2):
            hidden = factories.photo(cursor, photo.label, owner=account)
        withdrawals.ask(cursor, account.id, [hidden.upload_id])
        factories.publish_label_sets(cursor)
    token = access_tokens.make(web.database, account, "x", ["read"])
    said = person.get("/account/deletion").text
    for words in ("signed and never change", ">1 public photo<", ">1 other photo<"):
        assert words in said
    assert person.post("/account/deletion", password="wrong").status_code == 422
    assert person.is_in()
    assert person.post("/account/deletion", password=PASSWORD).status_code == 303
    assert not person.is_in()
    assert web.get("/api/v1/account", token).status_code == 401
    assert person.post("/sign-in", name=person.name, password=PASSWORD).status_code == 422
    page = web.get(f"/images/{photo.image_id}").text
    assert person.name not in page
    assert "former contributor" in page
    form = {"name": person.name, "password": PASSWORD}
    assert "This name is taken" in web.post("/sign-up", data=form).text
    with pytest.raises(Conflict, match="deleted"):
        issue_link(web.database, person.name)


def test_nobody_gets_the_name_of_an_account_that_is_being_deleted(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)
    wish, onlooker = Newcomer(account.name, PASSWORD), Database(catalogue_url)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as cursor:
            accounts.forget(cursor, account.id)
            waiting = pool.submit(services.sign_up, Database(catalogue_url), wish)
            while not waiting.done() and not somebody_waits(onlooker):
                time.sleep(0.05)
        with pytest.raises(Conflict):
            waiting.result(20)


def test_a_token_for_reading_changes_nothing(web: Web) -> None:
    account, _ = web.person(*Role)
    for route in access.table().routes.values():
        is_change = route.method != "GET" and route.needs_account
        assert not (is_change and route.scope is Scope.READ), route.rule
    token = access_tokens.make(web.database, account, "x", ["read"])
    answer = web.request("PUT", "/api/v1/notices/read", token, json={"up_to": 1})
    assert answer.status_code == 403


def test_nobody_changes_the_audit_log_not_even_its_owner(database: Database) -> None:
    newcomer(database)
    for statement in (
        "update audit_events set action = 'x'",
        "delete from audit_events",
        "truncate audit_events",
    ):
        with pytest.raises(psycopg2.DatabaseError, match="only grows"), \
                database.transaction() as cursor:  # fmt: skip
            cursor.execute(statement)
