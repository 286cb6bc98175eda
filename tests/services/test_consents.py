"""Consent to the terms: asked once, noted with version and time, and again for a new version."""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path

import pytest

import webapp
from imagehub.catalogue.accounts import consents, tokens
from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.catalogue.database import Database
from imagehub.errors import Conflict
from imagehub.vocabulary import Account, Role
from tests import factories, photos
from tests.web_server import Web
from webapp.accounts import consents as services

TERMS = Path(webapp.__file__).parent / "templates" / "parts" / "terms.html"
WORDS_OF_VERSION = {
    1: "a11ca418b01df349e8b06d3141b0eb362bb2969f365ba8c5e3060782190f1849",
}
"""The SHA-256 of each version's words: nobody is bound to words that were changed afterwards."""


def test_other_words_are_another_version() -> None:
    shown = re.sub(r"\{#.*?#\}", "", TERMS.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = " ".join(shown.split())
    assert hashlib.sha256(words.encode()).hexdigest() == WORDS_OF_VERSION[TERMS_VERSION]


def newcomer(database: Database) -> Account:
    with database.transaction() as cursor:
        made = factories.account(cursor)
        cursor.execute("delete from consents where account_id = %s", (str(made.id),))
    return made


def test_a_consent_is_noted_once_with_version_time_and_place(database: Database) -> None:
    person = newcomer(database)
    assert services.show(database, person) is None
    services.give(database, person, TERMS_VERSION, GivenBy.APP)
    first = services.show(database, person)
    assert first
    assert (first.terms_version, first.given_by) == (TERMS_VERSION, GivenBy.APP)
    services.give(database, person, TERMS_VERSION, GivenBy.PAGE)
    assert services.show(database, person) == first
    with pytest.raises(Conflict, match="newer version"):
        services.give(database, person, TERMS_VERSION + 1, GivenBy.APP)


def test_a_new_version_of_the_terms_asks_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = newcomer(database)
    services.give(database, person, TERMS_VERSION, GivenBy.APP)
    monkeypatch.setattr(services, "TERMS_VERSION", TERMS_VERSION + 1)
    assert services.show(database, person) is None


def test_who_gives_the_command_consents_for_the_account(database: Database) -> None:
    tokens.issue(database, "ada", [Role.CONTRIBUTOR])
    with database.transaction() as cursor:
        cursor.execute("select id::text from accounts where name = 'ada'")
        found = consents.latest(cursor, uuid.UUID(cursor.fetchone().id))
    assert found
    assert found.given_by is GivenBy.COMMAND


def test_without_consent_no_token_sends_a_photo_and_what_was_accepted_before_stays(
    web: Web,
) -> None:
    person, token = web.person()
    before, photo = uuid.uuid4(), photos.jpeg(5)
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
    assert web.send(token, photo, label.mid, before).status_code == 202
    with web.database.transaction() as cursor:
        cursor.execute("delete from consents where account_id = %s", (str(person.id),))
    refused = web.send(token, photo, label.mid)
    assert (refused.status_code, "/terms" in refused.json()["detail"]) == (403, True)
    assert web.send(token, photo, label.mid, before).status_code == 202
