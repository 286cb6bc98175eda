"""What an operator sees and does: figures, Prometheus, and dead letters that are tried again."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from prometheus_client.parser import text_string_to_metric_families

from imagehub.catalogue.accounts import account_tokens
from imagehub.catalogue.accounts.tokens import digest, new_token
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels import label_proposals
from imagehub.catalogue.labels.label_proposals import NewProposal
from imagehub.catalogue.operation import job_runs, operation, page_times
from imagehub.catalogue.operation.page_times import Times
from imagehub.catalogue.uploads import dead_letters
from imagehub.vocabulary import Role, Scope
from ingestion import replay_requests
from tests import factories
from tests.factories import training
from tests.services.landing import SmallHub, counts, small
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.http.timing import Stopwatch

ROUTE = ("GET", "/labels")


def figures(web: Web, token: str) -> dict[tuple[str, str], float]:
    """Every sample by name and its label values."""
    text = web.get("/metrics", token).text
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_what_happened(web: Web) -> None:
    _, token = web.person(Role.ADMIN)
    before = figures(web, token)
    with web.database.transaction() as cursor:
        factories.photo(cursor)
        factories.set_aside_upload(cursor)
        account, name = factories.account(cursor), f"Sundial {secrets.token_hex(4)}"
        label_proposals.add(cursor, account.id, NewProposal(name, (), "It is missing."))
        training.training_request(cursor, account, training.trainable_release(cursor)[0])
    assert web.get("/labels").status_code == 200
    after = figures(web, token)
    for sample, more in {
        ("imagehub_uploads_total", "accepted"): 2,
        ("imagehub_uploads_total", "landed"): 1,
        ("imagehub_dead_letters", ""): 1,
        ("imagehub_waiting", "label_decision"): 1,
        ("imagehub_waiting", "training"): 1,
        ("imagehub_upload_log_lag", ""): 0,
    }.items():
        assert after[sample] - before[sample] == more, sample
    assert after["imagehub_stored_bytes", "catalogue"] > 1e6
    assert any(name == "imagehub_requests_total" for name, _ in after)


def test_metrics_are_for_an_admins_token_with_that_scope(web: Web) -> None:
    admin, whole = web.person(Role.ADMIN)
    narrow = new_token()
    with web.database.transaction() as cursor:
        account_tokens.add(cursor, admin.id, digest(narrow), "x", [Scope.READ])
    _, contributor = web.person()
    heard = [web.get("/metrics", token).status_code for token in (None, contributor, narrow, whole)]
    assert heard == [401, 403, 403, 200]


def test_an_admin_asks_once_for_the_dead_letters_to_be_tried_again(web: Web) -> None:
    with web.database.transaction() as cursor:
        for request_id in dead_letters.open_replays(cursor):  # of other tests
            dead_letters.answer_replay(cursor, request_id, 0)
        factories.set_aside_upload(cursor)
    admin = SignedIn(web, web.person(Role.ADMIN)[1])
    assert "killed_its_process" in admin.get("/operator").text
    assert admin.post("/operator/replays").status_code == 303
    assert "ingestion answers as soon as it runs" in admin.get("/operator").text
    assert admin.post("/operator/replays").status_code == 409
    with web.database.transaction() as cursor:
        for request_id in dead_letters.open_replays(cursor):
            dead_letters.answer_replay(cursor, request_id, 1)
    assert "Last tried again: 1 message" in admin.get("/operator").text


def test_of_many_admins_who_ask_at_once_one_is_heard(
    catalogue_url: str, database: Database
) -> None:
    with database.transaction() as cursor:
        admin = factories.account(cursor, roles=[Role.ADMIN])
    start = Barrier(6)

    def ask(_: int) -> bool:
        mine = Database(catalogue_url)
        start.wait()
        with mine.transaction() as cursor:
            asked = dead_letters.request_replay(cursor, admin.id)
        mine.close()
        return asked

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(ask, range(6))) == [False] * 5 + [True]


def test_ingestion_answers_a_wish_and_the_upload_lands(small_hub: SmallHub) -> None:
    stranger = UUID(int=7)
    small_hub.send(small_hub.message(small(1), account_id=stranger))
    small_hub.land_all()
    pipeline = small_hub.pipeline()
    replay_requests.answer(pipeline)  # nobody asked
    with small_hub.database.transaction() as cursor:
        assert operation.count_set_aside(cursor) == 1
        cursor.execute(
            "insert into accounts (id, name, roles) values (%s, 'late', '{}')", (str(stranger),)
        )
        dead_letters.request_replay(cursor, small_hub.account.id)
    replay_requests.answer(pipeline)
    pipeline.log.close()
    pipeline.dead_letters.close()
    small_hub.land_all()
    assert counts(small_hub)["landed"] == 1
    with small_hub.database.transaction() as cursor:
        found = dead_letters.newest_replay(cursor)
        assert found is not None
        assert (found.replayed, operation.count_set_aside(cursor)) == (1, 0)


def test_times_of_all_workers_add_up(catalogue_url: str, database: Database) -> None:
    def add(number: int) -> None:
        mine = Database(catalogue_url)
        with mine.transaction() as cursor:
            other = ("GET", f"/x{number % 2}")
            once = {ROUTE: Times(2, 1, 0.5, 0.4 + number), other: Times(1, 0, 9.0, 9.0)}
            page_times.add(cursor, once)
        mine.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(8)))
    with database.transaction() as cursor:
        found = page_times.totals(cursor, 2)
    assert list(found) == [("GET", "/x0"), ("GET", "/x1"), ROUTE]
    assert found[ROUTE] == Times(16, 8, 4.0, 7.4)


def test_a_stopwatch_hands_over_each_request_once() -> None:
    watch = Stopwatch()
    watch.add(ROUTE, 0.25, 200)
    watch.add(ROUTE, 0.75, 503)
    assert watch.take() == {}  # not yet
    assert watch.take(at_once=True) == {ROUTE: Times(2, 1, 1.0, 0.75)}
    assert watch.take(at_once=True) == {}


def test_a_job_that_failed_is_said_to_need_a_person(web: Web) -> None:
    with web.database.transaction() as cursor:
        run = job_runs.start(cursor, "withdraw", 1)
        job_runs.finish(cursor, run, {}, "The disk is full.")
    page = SignedIn(web, web.person(Role.ADMIN)[1]).get("/operator").text
    assert re.search(r"<dt>Jobs failed or silent</dt>\s*<dd>[1-9]", page)
    assert "The disk is full." in page


def test_a_run_that_no_longer_reports_is_called_silent(database: Database) -> None:
    with database.transaction() as cursor:
        for job in ("verify", "cluster"):
            job_runs.report(cursor, job_runs.start(cursor, job, 1), 3, 10)
        cursor.execute(
            "update job_runs set heartbeat_at = now() - interval '1 hour' where job = 'verify'"
        )
        runs = operation.last_runs(cursor, 300)
    assert [(run.job, run.done, run.total, run.is_silent) for run in runs] == [
        ("cluster", 3, 10, False),
        ("verify", 3, 10, True),
    ]
