"""Two people, or one person twice, want at once what is limited or happens once: no double."""

from __future__ import annotations

from imagehub.catalogue.accounts import account_tokens, audit_events, consents
from imagehub.catalogue.accounts import accounts as kept_accounts
from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.catalogue.accounts.tokens import issue_link
from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import reports
from imagehub.catalogue.moderation.reports import DecisionOutcome, ReportKind
from imagehub.errors import Conflict, Forbidden, NotFound, Refused, Unauthorised
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Account, Role
from tests import factories
from tests.newcomers import PASSWORD, at_once, newcomer
from webapp.accounts import access_tokens, grants
from webapp.accounts import consents as consenting
from webapp.accounts import service as accounts
from webapp.accounts.grants import Grants, RoleRequest
from webapp.accounts.service import Newcomer, NewPassword
from webapp.demands import service as demands
from webapp.demands.service import NewDemand
from webapp.moderation import reports as reporting
from webapp.moderation import service as moderation
from webapp.moderation.service import Ruling
from webapp.subsets import service as subsets
from webapp.webhooks import service as webhooks

NEW = PASSWORD + " more"


def admins(database: Database, people: int) -> list[Account]:
    made = [newcomer(database, f"admin{number}") for number in range(people)]
    with database.transaction() as cursor:
        for account in made:
            kept_accounts.set_roles(cursor, account.id, [Role.ADMIN])
    return [Account(account.id, account.name, frozenset({Role.ADMIN})) for account in made]


def actions(database: Database, account: Account) -> list[str]:
    with database.transaction() as cursor:
        return [event.action for event in audit_events.of_account(cursor, account.id, 30)]


def count(database: Database, table: str) -> int:
    with database.transaction() as cursor:
        cursor.execute(f"select count(*) as n from {table}")
        return int(cursor.fetchone().n)


def test_of_many_who_sign_up_with_one_address_one_gets_it(
    catalogue_url: str, database: Database
) -> None:
    got = at_once(
        lambda number: accounts.sign_up(
            Database(catalogue_url), Newcomer(f"p{number}", PASSWORD, "ana@example.org")
        )
    )
    assert sum(isinstance(answer, Account) for answer in got) == 1
    assert got.count(Conflict) == 5
    assert (count(database, "credentials"), count(database, "audit_events")) == (1, 1)


def test_a_password_is_changed_once_by_who_knows_the_old_one(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)
    got = at_once(
        lambda number: accounts.change_password(
            Database(catalogue_url), account, NewPassword(PASSWORD, f"{NEW} {number}"), b"x" * 32
        )
    )
    assert (got.count(None), got.count(Refused)) == (1, 5)
    winner = got.index(None)
    assert accounts.sign_in(database, account.name, f"{NEW} {winner}").id == account.id


def test_an_account_is_deleted_once(catalogue_url: str, database: Database) -> None:
    account = newcomer(database)
    got = at_once(lambda _: accounts.delete(Database(catalogue_url), account, PASSWORD))
    assert (got.count(None), got.count(Unauthorised)) == (1, 5)
    assert actions(database, account).count("deleted") == 1


def test_no_token_outlives_an_account_that_is_deleted_at_the_same_time(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)

    def act(number: int) -> object:
        mine = Database(catalogue_url)
        if number:
            return access_tokens.make(mine, account, "x", ["read"])
        return accounts.delete(mine, account, PASSWORD)

    at_once(act)
    assert at_once(lambda _: act(1)) == [Unauthorised] * 6
    assert count(database, "tokens where revoked_at is null") == 0


def test_a_token_is_revoked_once(catalogue_url: str, database: Database) -> None:
    account = newcomer(database)
    access_tokens.make(database, account, "x", ["read"])
    token_id = str(accounts.show(database, account, b"").tokens[0].id)
    got = at_once(lambda _: access_tokens.revoke(Database(catalogue_url), account, token_id))
    assert (got.count(None), got.count(NotFound)) == (1, 5)
    assert actions(database, account).count("token revoked") == 1


def test_a_payment_that_is_told_many_times_gives_premium_once(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)

    def pay(_: int) -> None:
        with Database(catalogue_url).transaction() as cursor:
            Grants(cursor, None).premium(account.id, is_paid=True)

    assert at_once(pay) == [None] * 6
    assert actions(database, account).count("roles changed") == 1


def test_two_admins_who_take_each_others_role_at_once_leave_one_admin(
    catalogue_url: str, database: Database
) -> None:
    both = admins(database, 2)
    wish = RoleRequest(frozenset({"contributor"}), is_suspended=False)

    def take(number: int) -> None:
        other = str(both[1 - number].id)
        grants.change(Database(catalogue_url), both[number], PASSWORD, other, wish)

    got = at_once(take, 2)
    assert (got.count(None), got.count(Forbidden)) == (1, 1)
    with database.transaction() as cursor:
        assert kept_accounts.any_admin(cursor)


def test_terms_are_accepted_once(catalogue_url: str, database: Database) -> None:
    account = newcomer(database)
    at_once(lambda _: consenting.give(Database(catalogue_url), account, TERMS_VERSION, GivenBy.APP))
    assert count(database, "consents") == 1
    with database.transaction() as cursor:
        assert consents.latest(cursor, account.id)


def test_of_many_webhooks_at_the_quota_one_is_made(catalogue_url: str, database: Database) -> None:
    account = newcomer(database)
    for number in range(webhooks.MOST - 1):
        webhooks.add(database, account, f"https://example.org/{number}", any_address=True)
    got = at_once(
        lambda number: webhooks.add(
            Database(catalogue_url), account, f"https://example.org/n{number}", any_address=True
        )
    )
    assert got.count(Refused) == 5
    assert count(database, "webhooks") == webhooks.MOST


def test_of_many_demands_at_the_quota_one_is_made(catalogue_url: str, database: Database) -> None:
    account = newcomer(database)
    with database.transaction() as cursor:
        label = factories.label(cursor)

    def ask(mine: Database, why: str) -> object:
        return demands.ask(mine, account, NewDemand(label=label.mid, target=5, why=why, days=3))

    for number in range(demands.MOST_OPEN - 1):
        ask(database, f"why {number}")
    got = at_once(lambda number: ask(Database(catalogue_url), f"at once {number}"))
    assert got.count(Refused) == 5
    assert count(database, "demands") == demands.MOST_OPEN


def test_a_subsets_name_is_given_once_and_its_next_release_asked_for_once(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)
    with database.transaction() as cursor:
        rules = SubsetRules(labels=(factories.label(cursor).mid,))
    got = at_once(lambda _: subsets.create(Database(catalogue_url), account, "pets", rules))
    assert len(got) - got.count(Conflict) >= 1  # the same again is told as it is
    assert count(database, "subsets") == 1
    ids = at_once(lambda _: subsets.request_release(Database(catalogue_url), account, "pets"))
    assert ids == ["pets-1"] * 6
    assert count(database, "release_requests") == 1


def test_a_photo_is_reported_once_by_one_account_and_decided_on_by_one_admin(
    catalogue_url: str, database: Database
) -> None:
    deciders, reporter = admins(database, 6), newcomer(database, "reporter")
    with database.transaction() as cursor:
        photo = factories.verified_photo(cursor)
        factories.publish_label_sets(cursor)
    got = at_once(
        lambda _: (
            reporting.report(
                Database(catalogue_url), photo.image_id, reporter, ReportKind.RIGHTS, "mine"
            ).is_new
        )
    )
    assert sorted(map(str, got)) == ["False"] * 5 + ["True"]
    ruling = Ruling(DecisionOutcome.KEEP, ReportKind.RIGHTS, "It is theirs.")
    ended = at_once(
        lambda number: moderation.decide(
            Database(catalogue_url), deciders[number], photo.image_id, ruling
        )
    )
    assert (ended.count(DecisionOutcome.KEEP), ended.count(Conflict)) == (1, 5)
    assert (count(database, "photo_decisions"), count(database, "notices")) == (1, 2)
    with database.transaction() as cursor:
        assert reports.open_reports(cursor, photo.image_id) == []


def test_of_many_who_sign_up_with_one_name_at_once_one_gets_it(
    catalogue_url: str, database: Database
) -> None:
    got = at_once(lambda _: newcomer(Database(catalogue_url)))
    assert sum(isinstance(answer, Account) for answer in got) == 1
    with database.transaction() as cursor:
        cursor.execute("select count(*) as n from credentials")
        assert cursor.fetchone().n == 1


def test_of_many_who_use_a_link_at_once_one_gets_in(catalogue_url: str, database: Database) -> None:
    secret = issue_link(database, "ana")
    got = at_once(lambda _: accounts.sign_in_by_link(Database(catalogue_url), secret))
    assert sum(isinstance(answer, Account) for answer in got) == 1


def test_of_many_tokens_asked_for_at_the_quota_one_is_made(
    catalogue_url: str, database: Database
) -> None:
    account = newcomer(database)
    for number in range(access_tokens.MOST_TOKENS - 1):
        access_tokens.make(database, account, f"t{number}", ["read"])
    got = at_once(lambda _: access_tokens.make(Database(catalogue_url), account, "last", ["read"]))
    assert sum(isinstance(answer, str) for answer in got) == 1
    with database.transaction() as cursor:
        assert len(account_tokens.of_account(cursor, account.id)) == access_tokens.MOST_TOKENS


def test_two_admins_who_give_different_roles_at_once_leave_one_of_them_and_both_noted(
    catalogue_url: str, database: Database
) -> None:
    person, admins = (
        newcomer(database),
        [newcomer(database, f"admin{number}") for number in range(2)],
    )
    with database.transaction() as cursor:
        cursor.execute("update accounts set roles = '{admin}' where name like 'admin%'")
    wishes = [
        RoleRequest(frozenset({role}), is_suspended=False) for role in ("reviewer", "premium")
    ]

    def give(number: int) -> None:
        grants.change(
            Database(catalogue_url), admins[number], PASSWORD, str(person.id), wishes[number]
        )

    assert at_once(give, 2) == [None, None]
    with database.transaction() as cursor:
        events = audit_events.of_account(cursor, person.id, 10)
        entry = kept_accounts.lock(cursor, person.id)
    assert entry
    assert {role.value for role in entry.account.roles} in ({"reviewer"}, {"premium"})
    changes = [event.detail.split(" → ") for event in reversed(events) if event.detail]
    assert changes[0][1] == changes[1][0]
