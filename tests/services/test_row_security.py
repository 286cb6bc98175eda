"""Postgres itself keeps people's rows apart: no predicate of ours stands in these queries."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator

import psycopg2
import pytest

from imagehub.catalogue.accounts import account_tokens, audit_events, credentials, sessions
from imagehub.catalogue.accounts.sessions import NewSession
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import deliveries, notices, webhooks
from imagehub.catalogue.demands.deliveries import DeliveryEvent
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.imports import import_rows, imports, photo_origins
from imagehub.catalogue.imports.import_rows import ImportRow, RowPlace
from imagehub.catalogue.imports.imports import ImportPlan, PartProgress
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.catalogue.moderation import photo_openings, reports
from imagehub.catalogue.moderation.reports import ReportKind
from imagehub.catalogue.releases import release_queries
from imagehub.catalogue.reviews import review_counts, reviews
from imagehub.catalogue.reviews.review_counts import ReviewerRecord
from imagehub.catalogue.uploads import acceptances, withdrawals
from imagehub.catalogue.web_login import ROLE
from imagehub.errors import Refused
from imagehub.vocabulary import Account, ReviewAnswer, Role, Scope
from tests import factories

PRIVATE = {
    "tokens": "scopes = '{}'",
    "sessions": "ends_at = now()",
    "credentials": "password_hash = 'x'",
    "sign_in_links": "used_at = now()",
    "audit_events": None,
    "reviews": "answer = 'no'",
    "uploads": None,
    "acceptances": None,
    "unaccepted_uploads": None,
    "door_refusals": None,
    "consents": None,
    "withdrawals": None,
    "photo_reports": None,
    "photo_openings": None,
    "release_downloads": None,
    "notices": "read_at = now()",
    "webhooks": "url = 'https://x.example'",
    "deliveries": None,
    "review_questions": None,
    "reviewer_records": None,
}
"""The tables that row-level security guards, and a change that a forgotten predicate would make."""

OPERATORS_ONLY = ("imports", "import_parts", "import_rows", "import_counts")
"""Tables that only admins read."""

FOR_ADMINS = frozenset({"audit_events", "sessions", "photo_reports"})
"""Those of which an admin reads all rows."""

GUARDED_BY_OUR_PREDICATES_ONLY = {
    "subsets", "release_requests", "duplicate_undos",  # everybody may read them
    "label_proposals",  # everybody with an account reads them
    "demands", "demand_watchers",  # everybody reads who asks and how many want the same
    "training_requests", "training_cancels",
    "contributor_records", "reviewer_skills",  # no request may read them at all
}  # fmt: skip


@pytest.fixture
def as_web(catalogue_url: str, database: Database) -> Iterator[Database]:
    """The catalogue as requests see it."""
    acting = Database(catalogue_url, role=ROLE)
    yield acting
    acting.close()


@pytest.fixture
def people(database: Database) -> dict[str, Account]:
    """Two people and an admin, each with one row in every private table."""
    with database.transaction() as cursor:
        made = {
            "one": factories.account(cursor),
            "other": factories.account(cursor),
            "admin": factories.account(cursor, roles=[Role.ADMIN]),
        }
        photo = factories.photo(cursor, owner=made["admin"])
        factories.publish_label_sets(cursor)
        release = factories.release(cursor, factories.subset(cursor, [photo.label]), {})
        for account in made.values():
            account_tokens.add(cursor, account.id, secrets.token_bytes(32), "x", Scope)
            sessions.begin(cursor, account.id, NewSession(secrets.token_bytes(32), 60))
            lost = factories.photo(cursor, owner=account)
            cursor.execute("delete from acceptances where upload_id = %s", (lost.upload_id,))
            acceptances.refuse(cursor, account.id, uuid.uuid4(), Refused("x", "x"))
            credentials.set_password(cursor, account.id, "x")
            credentials.add_link(cursor, account.id, secrets.token_bytes(32), 60)
            audit_events.write(cursor, "x", account.id, account.id)
            notices.tell(cursor, account.id, News("x", "x"))
            webhooks.add(cursor, account.id, "https://a.example", "whsec_x")
            deliveries.queue_webhooks(cursor, account.id, DeliveryEvent("x", "{}", "x"))
            sent = factories.photo(cursor, owner=account)
            withdrawals.ask(cursor, account.id, [sent.upload_id])
            reports.add(cursor, photo.photo_sha256, account.id, ReportKind.NOT_THIS, "")
            photo_openings.add(cursor, account.id, photo.image_id, "x", 60)
            release_queries.note_download(cursor, release, account.id)
            reviews.write(cursor, photo.image_id, photo.label.mid, account.id, ReviewAnswer.YES)
            factories.review_question(cursor, account, photo)
            review_counts.store_records(cursor, [ReviewerRecord(str(account.id), 10, 9)])
    return made


def owners(database: Database, table: str) -> set[str]:
    with database.transaction() as cursor:
        cursor.execute(f"select account_id::text from {table}")
        return {row.account_id for row in cursor.fetchall()}


@pytest.mark.parametrize("table", PRIVATE)
def test_one_reads_ones_own_rows_a_visitor_none_and_only_an_admin_the_log(
    as_web: Database, people: dict[str, Account], table: str
) -> None:
    everybody = {str(account.id) for account in people.values()}
    assert owners(as_web, table) == set()
    assert owners(as_web.acting_for(people["one"].id), table) == {str(people["one"].id)}
    seen = owners(as_web.acting_for(people["admin"].id), table)
    is_shared = table in FOR_ADMINS
    assert seen == (everybody if is_shared else {str(people["admin"].id)})
    assert owners(as_web, table) == set()  # what one transaction said is gone with it


@pytest.mark.parametrize("table", [name for name, change in PRIVATE.items() if change])
def test_a_change_without_a_predicate_reaches_ones_own_rows_only(
    as_web: Database, people: dict[str, Account], table: str
) -> None:
    for database, rows in ((as_web, 0), (as_web.acting_for(people["one"].id), 1)):
        with database.transaction() as cursor:
            cursor.execute(f"update {table} set {PRIVATE[table]}")
            assert cursor.rowcount == rows
            cursor.execute(f"delete from {table}")
            assert cursor.rowcount == rows


def test_nobody_writes_rows_in_anothers_name(as_web: Database, people: dict[str, Account]) -> None:
    acting = as_web.acting_for(people["one"].id)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting.transaction() as cursor:
        account_tokens.add(cursor, people["other"].id, secrets.token_bytes(32), "x", Scope)


@pytest.mark.parametrize(
    "statement",
    [
        "select latitude from uploads", "select device from uploads", "select * from uploads",
        "update uploads set state = 'landed'", "delete from uploads",
        "update acceptances set photo_bytes = 1", "delete from acceptances",
        "update door_refusals set code = 'x'", "select * from all_receipts",
        "delete from takedowns", "delete from accounts", "delete from images",
        "update audit_events set action = 'x'", "delete from audit_events",
        "truncate audit_events", "alter table tokens disable row level security",
        "update releases set files = 0",
        "select secret from webhooks", "update deliveries set attempts = 0",
        "update demand_progress set verified = 0",
        "select account_id from contributor_records",
        "select label from review_golds", "select said from review_consensus",
        "select finds from reviewer_skills", "delete from review_questions",
        "update imports set source = 'x'", "delete from import_rows",
        "select * from unlicensed_images", "update photo_origins set licence = 'CC0-1.0'",
        "update photo_openings set ends_at = now()", "delete from photo_openings",
        "insert into reviewer_records values (null, 1, 1)",
    ],
)  # fmt: skip
def test_what_no_request_needs_no_request_may(as_web: Database, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), as_web.transaction() as cursor:
        cursor.execute(statement)


def test_every_table_of_somebodys_rows_is_forced_or_said_not_to_be(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_forced"
            " from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind = 'r' and a.attname = 'account_id'"
            " and c.relnamespace = 'public'::regnamespace"
        )
        found = {row.name: row.is_forced for row in cursor.fetchall()}
    assert {name for name, is_forced in found.items() if is_forced} == {*PRIVATE, "imports"}
    unguarded = {name for name, is_forced in found.items() if not is_forced}
    assert unguarded <= GUARDED_BY_OUR_PREDICATES_ONLY


@pytest.mark.parametrize("table", OPERATORS_ONLY)
def test_only_admins_read_imports(
    as_web: Database, database: Database, people: dict[str, Account], table: str
) -> None:
    with database.transaction() as cursor:
        plan = ImportPlan("mugs", people["one"].id, "mugs.zip", "files", {}, None)
        imports.begin(cursor, plan)
        imports.keep_part(cursor, "mugs", "mugs.zip", PartProgress())
        place = RowPlace("1.jpg", 0)
        import_rows.keep(cursor, "mugs", [ImportRow(place, "mugs.zip", "Mug", 0, uuid.uuid4())])
    for name, rows in (("one", 0), ("other", 0), ("admin", 1)):
        with as_web.acting_for(people[name].id).transaction() as cursor:
            cursor.execute(f"select * from {table}")
            assert cursor.rowcount == rows


def test_an_origin_is_read_with_its_upload(
    as_web: Database, database: Database, people: dict[str, Account]
) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor, owner=people["one"])
        origin = PhotoOrigin(photo.upload_id, "CC0-1.0", "CC0-1.0", "Ada", "", "")
        photo_origins.keep(cursor, [origin])
    for name, rows in (("one", 1), ("other", 0)):
        with as_web.acting_for(people[name].id).transaction() as cursor:
            cursor.execute("select * from photo_origins")
            assert cursor.rowcount == rows


def test_no_request_writes_through_a_view(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            """
            select c.relname as name
            from pg_class c
            where c.relkind = 'v'
                and c.relnamespace = 'public'::regnamespace
                and has_table_privilege(%s, c.oid, 'insert, update, delete')
            """,
            (ROLE,),
        )
        assert [row.name for row in cursor.fetchall()] == []


@pytest.mark.parametrize(
    ("view", "table"),
    [("current_members", "label_set_members"), ("current_version", "verification_versions")],
)
def test_a_view_that_shortens_statements_opens_nothing(
    database: Database, view: str, table: str
) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.transaction() as cursor:
        cursor.execute(f"revoke select on {table} from {ROLE}")
        cursor.execute(f"set local role {ROLE}")
        cursor.execute(f"select * from {view}")
