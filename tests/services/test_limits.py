"""Too often is too often, also for many at once, and it is said when to come again."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given, strategies

from imagehub.catalogue.accounts import rate_counts
from imagehub.catalogue.accounts.rate_counts import NARROW, WIDER, WIDEST, RateUse
from imagehub.catalogue.database import Database
from imagehub.errors import TooMany
from imagehub.vocabulary import Account, Role
from tests.web_server import Web
from webapp.application import create_app
from webapp.http import access, known_browsers, limits
from webapp.http.access import Limit
from webapp.http.limits import Requester

TABLE = access.table()
SIGN_IN = TABLE.route("POST", "/sign-in").limit
ONLY_ENDS = {
    "/sign-out", "/account/sign-out-everywhere", "/account/tokens/<token_id>/revoke",
    "/account/sessions/<session_id>/end",
}  # fmt: skip
"""Nobody is kept from ending what lets others in."""


@pytest.mark.parametrize(
    "route", TABLE.routes.values(), ids=lambda route: f"{route.method} {route.rule}"
)
def test_whatever_changes_something_or_is_taken_home_whole_has_a_limit(
    route: access.Route,
) -> None:
    whole = ("/download", "/manifest", "/withdrawals", "/documents", "/documents/<name>")
    is_download = route.rule.endswith(whole)
    assert (route.limit is not None) or not (
        is_download or (route.method != "GET" and route.rule not in ONLY_ENDS)
    )


def test_a_premium_account_takes_more_releases_home_than_others(database: Database) -> None:
    limit = TABLE.route("GET", "/releases/<release_id>/download").limit
    assert limit
    assert limit.premium > 1
    for roles, most in (
        ({Role.CONTRIBUTOR}, limit.account),
        ({Role.PREMIUM}, limit.account * limit.premium),
    ):
        account = Account(uuid.uuid4(), "x", frozenset(roles))
        bucket = f"download:account:{limits.digest(str(account.id))}"
        with database.transaction() as cursor:
            rate_counts.count(cursor, [RateUse(bucket, most, most - 1)], 60)
        limits.count(database, limit, Requester(account, "", ""), 1)
        with pytest.raises(TooMany, match="Try again"):
            limits.count(database, limit, Requester(account, "", ""), 1)


@pytest.fixture
def strict(web: Web) -> Iterator[FlaskClient]:
    """An application with the limits as people meet them."""
    app = create_app(dataclasses.replace(web.settings, limit_factor=1))
    yield app.test_client(use_cookies=False)
    app.extensions["hub_resources"].database.close()


def test_a_name_is_tried_ten_times_and_then_not_even_with_the_right_password(
    strict: FlaskClient,
) -> None:
    assert SIGN_IN
    form = {"name": f"p{uuid.uuid4().hex}", "password": "wrong"}
    place = {"REMOTE_ADDR": f"2001:db8:{uuid.uuid4().hex[:4]}::1"}
    for _ in range(SIGN_IN.account):
        assert strict.post("/sign-in", data=form, environ_overrides=place).status_code == 422
    refused = strict.post("/sign-in", data=form, environ_overrides=place)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= SIGN_IN.per_seconds
    assert "Try again in" in refused.get_data(as_text=True)
    other = {**form, "name": f"p{uuid.uuid4().hex}"}
    assert strict.post("/sign-in", data=other, environ_overrides=place).status_code == 422


def test_no_spelling_of_a_name_gets_around_its_limit(strict: FlaskClient) -> None:
    assert SIGN_IN
    name = f"p{uuid.uuid4().hex}@a.example"
    spellings = ["{}", " {}", " " * 300 + "{}", "\u3000{}\t", "{}" + " " * 400]
    place = {"REMOTE_ADDR": f"2001:db8:{uuid.uuid4().hex[:4]}::1"}
    statuses = [
        strict.post(
            "/sign-in",
            data={"name": spellings[turn % 5].format(name.upper() if turn % 2 else name)},
            environ_overrides=place,
        ).status_code
        for turn in range(SIGN_IN.account + 1)
    ]
    assert statuses == [422] * SIGN_IN.account + [429]


PASSWORD = "correct horse battery"


def _somewhere() -> dict[str, str]:
    return {"REMOTE_ADDR": f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"}


@pytest.fixture
def person(strict: FlaskClient) -> dict[str, str]:
    """What an account with a password signs in with."""
    form = {"name": f"p{uuid.uuid4().hex[:20]}", "password": PASSWORD}
    assert strict.post("/sign-up", data=form, environ_overrides=_somewhere()).status_code == 303
    return form


def test_nobody_locks_the_account_of_somebody_elsewhere(
    strict: FlaskClient, person: dict[str, str]
) -> None:
    assert SIGN_IN
    place = _somewhere()
    for _ in range(SIGN_IN.account + 1):
        wrong = {**person, "password": "wrong"}
        heard = strict.post("/sign-in", data=wrong, environ_overrides=place).status_code
    assert heard == 429
    answer = strict.post("/sign-in", data=person, environ_overrides=_somewhere())
    assert answer.status_code == 303


def test_a_browser_that_signed_in_before_passes_where_its_address_does_not(
    web: Web, strict: FlaskClient, person: dict[str, str]
) -> None:
    assert SIGN_IN
    known, place = strict.application.test_client(), _somewhere()
    assert known.post("/sign-in", data=person, environ_overrides=place).status_code == 303
    known.delete_cookie("session")
    bucket = f"sign-in:address:{limits.digest(limits.network(place['REMOTE_ADDR']))}"
    everybody = f"sign-in:all:{limits.digest('strangers')}"
    with web.database.transaction() as cursor:
        rate_counts.count(cursor, [RateUse(bucket, 1, 99999), RateUse(everybody, 1, 99999)], 300)
    try:
        for client, expected in ((strict, 429), (known, 303)):
            heard = client.post("/sign-in", data=person, environ_overrides=place)
            assert heard.status_code == expected
        known.delete_cookie("session")
        for _ in range(SIGN_IN.account + 1):
            wrong = {**person, "password": "wrong"}
            heard = known.post("/sign-in", data=wrong, environ_overrides=place)
        assert heard.status_code == 429  # with a stolen cookie nobody guesses for ever
    finally:
        with web.database.transaction() as cursor:
            cursor.execute("delete from rate_counts where bucket = %s", (everybody,))


def test_a_new_password_forgets_the_browsers_that_knew_the_old_one(
    strict: FlaskClient, person: dict[str, str]
) -> None:
    app = strict.application
    known, changing = app.test_client(), app.test_client()
    for browser in (known, changing):
        assert (
            browser.post("/sign-in", data=person, environ_overrides=_somewhere()).status_code == 303
        )
    page = changing.get("/account").get_data(as_text=True)
    word = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"old": PASSWORD, "new": "another long password", "csrf_token": word}
    assert changing.post("/account/password", data=form).status_code == 303
    name = person["name"]
    for one, is_known in ((known, False), (changing, True)):
        cookie = one.get_cookie("known-browser")
        assert cookie
        with app.test_request_context(headers={"Cookie": f"known-browser={cookie.value}"}):
            assert bool(known_browsers.present(name)) is is_known
            assert known_browsers.present("somebody-else") == ""


def test_one_visitor_does_not_use_up_what_everybody_shares(
    web: Web, strict: FlaskClient, person: dict[str, str]
) -> None:
    limit = dataclasses.replace(SIGN_IN or Limit("", 1), name=uuid.uuid4().hex, all=100)
    visitor, other = (Requester(None, "", _somewhere()["REMOTE_ADDR"]) for _ in range(2))
    refused = 0
    for _ in range(150):
        try:
            limits.count(web.database, limit, visitor, 1)
        except TooMany:
            refused += 1
    assert refused == 150 - limit.address
    limits.count(web.database, limit, other, 1)


def test_strangers_do_not_use_up_what_members_share(web: Web) -> None:
    limit = Limit(uuid.uuid4().hex, 60, account=10, all=1)
    limits.count(web.database, limit, Requester(None, "", "192.0.2.1"), 1)
    with pytest.raises(TooMany):
        limits.count(web.database, limit, Requester(None, "", "192.0.2.2"), 1)
    member = Account(uuid.uuid4(), "x", frozenset())
    limits.count(web.database, limit, Requester(member, "", "192.0.2.1"), 1)


def test_a_member_is_known_also_where_it_does_not_matter_who_asks(
    web: Web, strict: FlaskClient, person: dict[str, str]
) -> None:
    member = strict.application.test_client()
    assert member.post("/sign-in", data=person, environ_overrides=_somewhere()).status_code == 303
    everybody = f"preview:all:{limits.digest('strangers')}"
    with web.database.transaction() as cursor:
        rate_counts.count(cursor, [RateUse(everybody, 1, 999_999)], 300)
    try:
        for client, expected in ((strict, 429), (member, 200)):
            heard = client.get("/subsets/new", environ_overrides=_somewhere())
            assert heard.status_code == expected
    finally:
        with web.database.transaction() as cursor:
            cursor.execute("delete from rate_counts where bucket = %s", (everybody,))


def test_sign_in_links_work_while_strangers_have_used_up_the_sign_in(
    web: Web, strict: FlaskClient
) -> None:
    everybody = f"sign-in:all:{limits.digest('strangers')}"
    with web.database.transaction() as cursor:
        rate_counts.count(cursor, [RateUse(everybody, 1, 99999)], 300)
    try:
        heard = strict.post("/sign-in/link", data={"secret": "x"}, environ_overrides=_somewhere())
        assert heard.status_code == 422
    finally:
        with web.database.transaction() as cursor:
            cursor.execute("delete from rate_counts where bucket = %s", (everybody,))


def test_what_a_narrow_bucket_refuses_counts_in_no_wider_one(database: Database) -> None:
    asked = [
        RateUse("wide", 9, 1, WIDEST),
        RateUse("mid", 9, 1, WIDER),
        RateUse("own", 1, 1, NARROW),
    ]
    with database.transaction() as cursor:
        assert {name: one.uses for name, one in rate_counts.count(cursor, asked, 60).items()} == {
            "own": 1, "mid": 1, "wide": 1,
        }  # fmt: skip
        second = rate_counts.count(cursor, asked, 60)
    assert second.keys() == {"own"}
    assert second["own"].is_refused


@given(strategies.text(max_size=20))
@example("alİce@x.example")
@example("ﬁona@K.example")
def test_what_lower_makes_one_name_of_is_counted_as_one_name(name: str) -> None:
    asked = limits.tried_name(name)
    assert limits.tried_name(f"\n{name.lower()} ") == asked
    assert limits.tried_name(name.replace("İ", "i")) == asked


def test_an_address_is_limited_over_all_names(strict: FlaskClient) -> None:
    assert SIGN_IN
    place = {"REMOTE_ADDR": f"2001:db8:{uuid.uuid4().hex[:4]}::1"}
    neighbour = {"REMOTE_ADDR": place["REMOTE_ADDR"] + "23"}
    statuses = [
        strict.post("/sign-in", data={"token": "x"}, environ_overrides=address).status_code
        for address in [place] * SIGN_IN.address + [neighbour]
    ]
    assert set(statuses[:-1]) == {422}
    assert statuses[-1] == 429


@pytest.mark.parametrize("path", ["/subsets/new", "/subsets/pets", "/releases/pets-1/train"])
def test_pages_that_count_what_a_selection_holds_are_limited_by_address(
    strict: FlaskClient, web: Web, path: str
) -> None:
    limit = TABLE.route("POST", "/api/v1/subsets/preview").limit
    assert limit
    address = f"2001:db8:a{uuid.uuid4().hex[:3]}::"
    bucket = f"preview:address:{limits.digest(address + '/64')}"
    with web.database.transaction() as cursor:
        rate_counts.count(cursor, [RateUse(bucket, 1, limit.address)], limit.per_seconds)
    place = {"REMOTE_ADDR": f"{address}1"}
    assert strict.get(path, environ_overrides=place).status_code == 429


def test_an_account_sends_only_so_many_bytes_a_day(database: Database) -> None:
    limit = Limit("upload", 60, account_bytes=1000)
    account, other = (Account(uuid.uuid4(), "x", frozenset()) for _ in range(2))
    for size in (400, 600):
        limits.count(database, limit, Requester(account, "", "", size), 1)
    with pytest.raises(TooMany, match="too much"):
        limits.count(database, limit, Requester(account, "", "", 1), 1)
    limits.count(database, limit, Requester(other, "", "", 1000), 1)


def test_of_many_who_want_what_is_left_of_an_hour_only_as_many_get_it(
    catalogue_url: str,
) -> None:
    limit, account = Limit("ask", 60, account=5), Account(uuid.uuid4(), "x", frozenset())
    start = Barrier(12)

    def ask(_: int) -> bool:
        database = Database(catalogue_url)
        start.wait()
        try:
            limits.count(database, limit, Requester(account, "", ""), 1)
        except TooMany:
            return False
        finally:
            database.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(12))) == 5


def test_many_at_once_are_all_counted(catalogue_url: str) -> None:
    def use(_: int) -> int:
        with Database(catalogue_url).transaction() as cursor:
            return rate_counts.count(cursor, [RateUse("b", 99), RateUse("a", 99)], 60)["a"].uses

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(24))) == list(range(1, 25))


def test_a_window_that_has_ended_begins_anew(database: Database) -> None:
    for expected in (1, 2):
        with database.transaction() as cursor:
            assert rate_counts.count(cursor, [RateUse("a", 9)], 1)["a"].uses == expected
    time.sleep(1.1)
    with database.transaction() as cursor:
        assert rate_counts.count(cursor, [RateUse("a", 9)], 1)["a"].uses == 1
