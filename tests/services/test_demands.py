"""Demands: asked, joined, counted, ended once, and everybody told once."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from imagehub.catalogue.accounts import credentials
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import demand_queries, demands, notices
from imagehub.catalogue.demands.demands import DemandSpec
from imagehub.catalogue.web_login import ROLE
from imagehub.errors import Conflict, Forbidden, Refused
from imagehub.settings import Settings
from imagehub.vocabulary import Account, Label, Role
from spark_jobs import jobs
from spark_jobs.demands.job import end, has_work
from tests import factories
from webapp.accounts import passwords
from webapp.accounts import service as accounts
from webapp.demands import service
from webapp.demands.service import NewDemand


@pytest.fixture
def web(catalogue_url: str) -> Iterator[Database]:
    """The catalogue as requests see it."""
    acting = Database(catalogue_url, role=ROLE)
    yield acting
    acting.close()


@pytest.fixture
def mug(database: Database) -> Label:
    with database.transaction() as cursor:
        return factories.label(cursor, "Test mug", is_a=[factories.label(cursor, "Test dish")])


def person(database: Database, *roles: Role) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor, roles=roles or (Role.CONTRIBUTOR,))


def wanted(label: Label, target: int = 2, why: str = "For a test.") -> NewDemand:
    return NewDemand(label=label.mid, target=target, why=why, days=3)


def send(database: Database, label: Label, photos: int) -> list[str]:
    """Photos that land now and are verified and published."""
    with database.transaction() as cursor:
        sent = [factories.verified_photo(cursor, label).image_id for _ in range(photos)]
        cursor.execute("update images set landed_at = now() where id = any(%s)", (sent,))
        factories.publish_label_sets(cursor)
    return sent


def work(database: Database) -> dict[str, int]:
    return jobs.execute("demands", Settings(), None, database, None)  # type: ignore[arg-type] # it stores no object


def told(database: Database, account: Account) -> list[str]:
    with database.transaction() as cursor:
        return [notice.kind for notice in notices.of_account(cursor, account.id, 2**62, 100)]


def run_out(database: Database, demand_id: uuid.UUID) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "update demands set asked_at = now() - interval '2 days',"
            " until = now() - interval '1 day' where id = %s",
            (str(demand_id),),
        )


def test_a_demand_that_cannot_be_ended_holds_up_no_other(database: Database, mug: Label) -> None:
    people = [person(database) for _ in range(3)]
    asked = [service.ask(database, account, wanted(mug)) for account in people]
    for demand in asked:
        run_out(database, demand.id)
    poisonous = people[0]
    with database.transaction() as cursor:
        cursor.execute(
            f"""
            create function poison() returns trigger language plpgsql as $$
            begin
                if new.account_id = '{poisonous.id}' then raise exception 'poison'; end if;
                return new;
            end $$;
            create trigger poison before insert on notices for each row execute function poison()
            """  # an id of ours
        )
    try:
        with pytest.raises(psycopg2.DatabaseError, match="poison"):
            work(database)
        assert [told(database, account) for account in people] == [
            [],
            ["demand.expired"],
            ["demand.expired"],
        ]
    finally:
        with database.transaction() as cursor:
            cursor.execute("drop function poison() cascade")
    work(database)
    assert told(database, poisonous) == ["demand.expired"]


def test_who_asked_and_who_joined_are_told_once_when_the_target_is_reached(
    database: Database, web: Database, mug: Label
) -> None:
    requester, fellow, stranger = (person(database) for _ in range(3))
    send(database, mug, 3)  # what was here before does not count
    made = service.ask(web.acting_for(requester.id), requester, wanted(mug))
    service.join(web.acting_for(fellow.id), fellow, str(made.id), by_mail=False)
    assert has_work(database)
    work(database)
    assert not has_work(database)
    first, second = send(database, mug, 2)
    with database.transaction() as cursor:  # a copy is no photo more
        factories.duplicate(cursor, second, first)
    work(database)
    assert service.show(web, None, str(made.id)).verified == 1
    assert told(database, requester) == []
    send(database, mug, 1)
    work(database)
    work(database)
    found = service.show(web, fellow, str(made.id))
    assert (found.state, found.verified, found.watchers, found.is_watched) == (
        "reached",
        2,
        2,
        True,
    )
    assert [told(database, account) for account in (requester, fellow, stranger)] == [
        ["demand.reached"], ["demand.reached"], [],
    ]  # fmt: skip


def test_photos_of_a_kind_of_the_label_count_too(
    database: Database, web: Database, mug: Label
) -> None:
    account = person(database)
    made = service.ask(web.acting_for(account.id), account, NewDemand(
        label="test dish", target=1, why="Dishes of all kinds.", days=3
    ))  # fmt: skip
    send(database, mug, 1)
    work(database)
    assert service.show(web, None, str(made.id)).state == "reached"


def test_two_workers_at_once_end_a_demand_once(
    database: Database, web: Database, catalogue_url: str, mug: Label
) -> None:
    account = person(database)
    made = service.ask(web.acting_for(account.id), account, wanted(mug, 1))
    send(database, mug, 1)
    with database.transaction() as cursor:
        cursor.execute("insert into demand_progress values (%s, 1)", (str(made.id),))

    def end_it(_: int) -> bool:
        own = Database(catalogue_url)
        ended = end(own, made.id)
        own.close()
        return ended

    with ThreadPoolExecutor(6) as workers:
        assert sum(workers.map(end_it, range(6))) == 1
    assert told(database, account) == ["demand.reached"]


def test_a_demand_is_withdrawn_or_reached_and_never_both(
    database: Database, web: Database, catalogue_url: str, mug: Label
) -> None:
    account, fellow = person(database), person(database)
    for turn in range(6):
        made = service.ask(web.acting_for(account.id), account, wanted(mug, 1, f"Turn {turn}."))
        service.join(web.acting_for(fellow.id), fellow, str(made.id), by_mail=False)
        with database.transaction() as cursor:
            cursor.execute("insert into demand_progress values (%s, 1)", (str(made.id),))

        def withdraw(demand_id: str = str(made.id)) -> bool:
            own = Database(catalogue_url, role=ROLE)
            try:
                service.close(own.acting_for(account.id), account, demand_id, "")
            except Conflict:
                return False
            finally:
                own.close()
            return True

        with ThreadPoolExecutor(2) as workers:
            withdrawn, ended = workers.submit(withdraw), workers.submit(end, database, made.id)
            assert withdrawn.result() != ended.result()
        assert len(told(database, fellow)) == turn + 1


def test_a_demand_whose_time_is_over_is_closed_and_everybody_told(
    database: Database, web: Database, mug: Label
) -> None:
    account = person(database)
    made = service.ask(web.acting_for(account.id), account, wanted(mug))
    work(database)
    run_out(database, made.id)
    assert has_work(database)
    work(database)
    assert service.show(web, None, str(made.id)).state == "expired"
    assert told(database, account) == ["demand.expired"]
    with pytest.raises(Conflict):
        service.join(web.acting_for(account.id), account, str(made.id), by_mail=False)


def test_the_same_wish_asked_twice_at_once_is_one_demand(
    database: Database, web: Database, catalogue_url: str, mug: Label
) -> None:
    account = person(database)

    def ask(_: int) -> bool:
        own = Database(catalogue_url, role=ROLE)
        try:
            service.ask(own.acting_for(account.id), account, wanted(mug))
        except Conflict:
            return False
        finally:
            own.close()
        return True

    with ThreadPoolExecutor(6) as workers:
        assert sum(workers.map(ask, range(6))) == 1
    with web.transaction() as cursor:
        assert len(demand_queries.open_of_label(cursor, mug.mid, None)) == 1


def test_nobody_has_more_open_demands_than_the_quota(
    database: Database, web: Database, mug: Label
) -> None:
    account = person(database)
    until = datetime.now(UTC) + timedelta(days=1)
    with database.transaction() as cursor:
        for number in range(service.MOST_OPEN):
            demands.ask(cursor, account.id, DemandSpec(mug.mid, 1, f"Wish {number}.", until))
    with pytest.raises(Refused, match="open demands"):
        service.ask(web.acting_for(account.id), account, wanted(mug))


@pytest.mark.parametrize(
    "change",
    [{"target": 0}, {"target": 10_001}, {"days": 0}, {"days": 400}, {"why": " "},
     {"why": "x" * 301}, {"why": "\x00"}, {"label": "No such thing"}],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_refused(
    database: Database, web: Database, mug: Label, change: dict[str, object]
) -> None:
    account = person(database)
    with pytest.raises(Refused):
        service.ask(web.acting_for(account.id), account, dataclasses.replace(wanted(mug), **change))  # type: ignore[arg-type] # one field


def test_only_the_asker_and_an_admin_with_a_reason_close_a_demand(
    database: Database, web: Database, mug: Label
) -> None:
    account, other, admin = person(database), person(database), person(database, Role.ADMIN)
    made = str(service.ask(web.acting_for(account.id), account, wanted(mug, 1)).id)
    with pytest.raises(Forbidden):
        service.close(web.acting_for(other.id), other, made, "I want to.")
    with pytest.raises(Refused):
        service.close(web.acting_for(admin.id), admin, made, "")
    service.close(web.acting_for(admin.id), admin, made, "It names a person.")
    with database.transaction() as cursor:
        (notice,) = notices.of_account(cursor, account.id, 2**62, 100)
    assert notice.kind == "demand.closed"
    assert notice.words.startswith("The demand for 1 photo of Test mug was closed.")
    with pytest.raises(Conflict):
        service.close(web.acting_for(account.id), account, made, "")


def test_missions_near_to_what_one_sent_come_first(
    database: Database, web: Database, mug: Label
) -> None:
    account, sender = person(database), person(database)
    with database.transaction() as cursor:
        root = factories.label(cursor, "Test root")
        far = factories.label(cursor, "Test far", is_a=[factories.label(cursor, is_a=[root])])
        sent = factories.label(cursor, "Test cup", is_a=[root])
        near = factories.label(cursor, "Test small cup", is_a=[sent])
        factories.photo(cursor, sent, owner=sender)
    for label in (far, near):
        service.ask(web.acting_for(account.id), account, wanted(label))
    fellow = person(database)
    with web.transaction() as cursor:
        (wanted_far,) = demand_queries.open_of_label(cursor, far.mid, None)
    service.join(web.acting_for(fellow.id), fellow, str(wanted_far.id), by_mail=False)
    seen = [demand.label for demand in service.missions_near(web, sender, 9).items]
    assert seen == [near, far]
    assert [demand.label for demand in service.missions_near(web, None, 9).items] == [far, near]


def test_who_leaves_the_hub_is_told_nothing_and_asks_for_nothing(
    database: Database, web: Database, mug: Label
) -> None:
    account, word = person(database), "correct horse battery"
    with database.transaction() as cursor:
        credentials.set_password(cursor, account.id, passwords.hash_of(word, "x"))
    made = service.ask(web.acting_for(account.id), account, wanted(mug))
    accounts.delete(web.acting_for(account.id), account, word)
    found = service.show(web, None, str(made.id))
    assert (found.state, found.watchers) == ("withdrawn", 0)
