"""The pages and calls that `bench_scale` measures, who asks for each, and the yardstick beside."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from imagehub.catalogue.accounts import consents
from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.catalogue.database import Cursor, Database
from imagehub.vocabulary import Account, Role
from tests import factories
from tests.filled_catalogue import Filled
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.http.cursors import encode

DEEP_PAGE = 1_000
PAGE_IMAGES = 50
PAGES = {
    "front_page": "/",
    "label": "/labels{label}",
    "label_photos": "/api/v1/labels{label}/images",
    "label_photos_deep": "/api/v1/labels{label}/images?after={deep}",
    "label_cluster": "/labels{label}?cluster=0",
    "labels": "/labels",
    "label_search": "/api/v1/labels?q=tre",
    "photo": "/images/{image}",
    "similar": "/api/v1/images/{image}/similar",
    "coverage": "/coverage",
    "label_coverage": "/labels{label}/coverage",
    "demands": "/demands",
    "subsets": "/subsets",
    "releases": "/releases",
    "subset_form": "/subsets/new?labels={short}&side=64&train=80&validation=10&test=10&form=1",
    "subset_form_200": "/subsets/new?labels={many}&cap=1000&side=64&train=80&validation=10"
    "&test=10&form=1&keepers=1",
    "status": "/api/v1/status",
    "metrics": "/metrics",
    "operator": "/operator",
    "moderation": "/moderation",
    "review": "/review",
    "audit": "/audit",
    "own_uploads": "/api/v1/uploads",
    "own_uploads_deep": "/api/v1/uploads?after={own_deep}",
    "account": "/account",
    "account_deletion": "/account/deletion",
    "notices": "/notices",
}
OF_THE_CONTRIBUTOR = ("own_uploads", "own_uploads_deep", "account", "account_deletion", "notices")
"""Asked by the account that sent most; the others by an admin."""


def measure(
    web: Web, database: Database, filled: Filled, rounds: int, pages: Iterable[str] = PAGES
) -> dict[str, float]:
    """Ask for pages in turns with 50 rows by id: their times in milliseconds."""
    with database.transaction() as cursor:
        places = _places(cursor, filled)
        ids = _few_ids(cursor)
        contributor = Account(filled.account, "", frozenset({Role.CONTRIBUTOR}))
        consents.give(cursor, contributor.id, TERMS_VERSION, GivenBy.COMMAND)
        token = factories.token(cursor, contributor)
    people = {True: _Person(web, token), False: _Person(web, web.person(Role.ADMIN)[1])}
    figures: dict[str, float] = {}
    for name in pages:
        ask = partial(people[name in OF_THE_CONTRIBUTOR].ask, PAGES[name].format(**places))
        ask()  # its templates are read once
        works = {"page": ask, "yardstick": partial(_yardstick, database, ids)}
        figures |= _in_turns(name, works, rounds)
    return figures


def _in_turns(
    name: str, works: Mapping[str, Callable[[], object]], rounds: int
) -> dict[str, float]:
    taken: dict[str, list[float]] = {kind: [] for kind in works}
    for _ in range(rounds):
        for kind, work in works.items():
            taken[kind].append(milliseconds(work))
    figures = {}
    for kind, times in taken.items():
        figures[f"{name}_{kind}_p50_ms"] = round(statistics.median(times), 2)
        figures[f"{name}_{kind}_p95_ms"] = round(statistics.quantiles(times, n=20)[-1], 2)
    return figures


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


class _Person:
    """Somebody with a browser, and a program that sends a token."""

    def __init__(self, web: Web, token: str) -> None:
        self._web, self._token = web, token
        self._browser = SignedIn(web, token).session

    def ask(self, path: str) -> None:
        """Ask for a page, or for what a program asks for; fail unless it is there."""
        headers = {}
        if path.startswith(("/api/", "/metrics")):
            headers = {"Authorization": f"Bearer {self._token}", "Cookie": ""}
        self._browser.get(self._web.url + path, headers=headers, timeout=60).raise_for_status()


def _yardstick(database: Database, ids: list[str]) -> None:
    with database.transaction() as cursor:
        cursor.execute("select * from images where id = any(%s::bpchar[])", (ids,))
        cursor.fetchall()


def _few_ids(cursor: Cursor) -> list[str]:
    cursor.execute("select array_agg(id) as ids from (select id from images limit 50) few")
    return list(cursor.fetchone().ids)


def _places(cursor: Cursor, filled: Filled) -> dict[str, str]:
    """What stands in the pages' addresses; a deep page is the last one where there are fewer."""
    cursor.execute(
        """
        select (
            select max(image_id) from (
                select distinct image_id from current_members where label = %(label)s
                order by image_id limit %(deep)s
            ) before
        ) as deep, (
            select max(image_id) from label_set_members
            where label = %(label)s and claimed_label = label and removed_in is null
        ) as image, (
            select string_agg(substr(label, 2), ',') from (
                select label from label_set_counts order by images desc limit 200
            ) most
        ) as many
        """,
        {"label": filled.label, "deep": DEEP_PAGE * PAGE_IMAGES},
    )
    row = cursor.fetchone()
    cursor.execute(
        """
        select min(accepted_at) as at, min(upload_id::text) as id from (
            select accepted_at, upload_id from acceptances where account_id = %s
            order by accepted_at desc limit %s
        ) before
        """,
        (filled.account, DEEP_PAGE * PAGE_IMAGES),
    )
    own = cursor.fetchone()
    return {
        "label": filled.label,
        "short": filled.label[1:],
        "deep": encode([row.deep]),
        "image": row.image,
        "many": row.many,
        "own_deep": encode([own.at.isoformat(), own.id]),
    }


def summary(figures: dict[str, float]) -> dict[str, float]:
    """The worst ratio of a page's slow times to the yardstick's, and what deep pages cost."""
    ratios = {
        name: figures[f"{name}_page_p95_ms"] / figures[f"{name}_yardstick_p95_ms"] for name in PAGES
    }
    return {
        "worst_page_ratio": round(max(ratios.values()), 2),
        "label_page_ratio": round(ratios["label"], 2),
        "deep_page_ratio": round(
            figures["label_photos_deep_page_p50_ms"] / figures["label_photos_page_p50_ms"], 2
        ),
    }


def worst_page(figures: dict[str, float]) -> str:
    """The page with the worst ratio of its slow times to the yardstick's."""
    return max(
        PAGES, key=lambda name: figures[f"{name}_page_p95_ms"] / figures[f"{name}_yardstick_p95_ms"]
    )
