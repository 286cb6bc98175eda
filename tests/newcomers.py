"""People who have just signed up, in a browser or not, and several who act at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

from imagehub.catalogue.database import Database
from imagehub.errors import HubError
from imagehub.vocabulary import Account
from tests.signed_in import CSRF_FIELD
from tests.web_server import Web
from webapp.accounts import service as services
from webapp.accounts.service import Newcomer

PASSWORD = "four plain words here"


class Browser:
    """A browser without scripts whose person has signed up, or not yet."""

    def __init__(self, web: Web) -> None:
        self.url, self.session = web.url, requests.Session()
        self.name = f"p{uuid.uuid4().hex[:12]}"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=30, allow_redirects=False)

    def post(self, path: str, **fields: object) -> requests.Response:
        found = CSRF_FIELD.search(self.get("/contribute").text)
        fields |= {"csrf_token": found[1]} if found else {}
        return self.session.post(self.url + path, data=fields, timeout=30, allow_redirects=False)

    def sign_up(self) -> Browser:
        answer = self.post("/sign-up", name=self.name, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return self

    def is_in(self) -> bool:
        return bool(self.get("/account").status_code == 200)


def newcomer(database: Database, name: str = "ana") -> Account:
    return services.sign_up(database, Newcomer(name, PASSWORD))


def somebody_waits(database: Database) -> bool:
    """True while a transaction waits for another."""
    with database.transaction() as cursor:
        cursor.execute("select count(*) as n from pg_locks where not granted")
        return bool(cursor.fetchone().n)


def at_once(act: Callable[[int], object], people: int = 6) -> list[object]:
    """Let people act in the same moment; answer what each got, or the error's type."""
    start = Barrier(people)

    def one(number: int) -> object:
        start.wait()
        try:
            return act(number)
        except HubError as error:
            return type(error)

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))
