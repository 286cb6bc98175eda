"""Labels of our own: proposed, decided once, found everywhere; what is released stays as it was."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.labels import label_proposals, label_queries
from imagehub.catalogue.labels.label_proposals import LabelHistoryEntry, NewProposal, Proposal
from imagehub.catalogue.labels.labels import boxable_taxonomy, import_boxable, import_taxonomy
from imagehub.catalogue.web_login import ROLE
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.settings import Settings
from imagehub.taxonomy import Taxonomy
from imagehub.vocabulary import Account, Label, Role
from spark_jobs import jobs
from tests import factories
from tests.factories.photo_releases import release_with_photos
from tests.photos import jpeg
from tests.web_server import Web
from webapp.labels import service as labels
from webapp.proposals import service
from webapp.proposals.service import ProposalDecision
from webapp.uploads import withdrawals
from webapp.uploads.service import find_label

CUP = "/m/02p5f1q"  # Coffee cup, of the labels that every hub has


@pytest.fixture
def admin(database: Database) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor, roles=[Role.ADMIN])


@pytest.fixture
def account(database: Database) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor)


@pytest.fixture
def web_side(catalogue_url: str) -> Iterator[Database]:
    acting = Database(catalogue_url, role=ROLE)
    yield acting
    acting.close()


def history(database: Database, mid: str) -> list[LabelHistoryEntry]:
    with database.transaction() as cursor:
        return label_proposals.history(cursor, mid)


def proposed(database: Database, account: Account, name: str = "Espresso cup") -> Proposal:
    return service.propose(database, account, NewProposal(name, (CUP,), "It is small."))


def work(database: Database) -> dict[str, int]:
    return jobs.execute("labels", Settings(), None, database, None)  # type: ignore[arg-type] # it stores no object


def accepted(database: Database, account: Account, admin: Account, name: str) -> Label:
    made = proposed(database, account, name)
    service.decide(database, admin, str(made.id), ProposalDecision(action="accept", parents=[CUP]))
    work(database)
    decision = service.show(database, str(made.id)).decision
    assert decision
    assert decision.label
    return decision.label


def named(database: Database, words: str) -> str:
    with database.transaction() as cursor:
        return find_label(cursor, words).mid


def found(database: Database, text: str) -> list[str]:
    return [entry.label.mid for entry in labels.search(database, text, None, 20).items]


def test_an_accepted_label_has_an_id_of_our_own_and_is_a_label_like_others(
    database: Database, account: Account, admin: Account
) -> None:
    cup = accepted(database, account, admin, "Espresso cup")
    assert cup.mid.startswith("/h/")
    assert named(database, "espresso CUP") == cup.mid
    assert cup.mid in found(database, "espresso")
    view = labels.show(database, cup.mid)
    assert [entry.label.mid for entry in view.parents] == [CUP]
    assert view.trail
    with database.transaction() as cursor:
        photo = factories.verified_photo(cursor, cup)
        factories.publish_label_sets(cursor)
        cursor.execute("select label from label_set_members where image_id = %s", (photo.image_id,))
        assert {cup.mid, CUP} <= {row.label for row in cursor.fetchall()}
        told = notices.of_account(cursor, account.id, 2**62, 9)
    assert [(notice.kind, notice.link) for notice in told] == [
        ("label.accept", f"/labels{cup.mid}")
    ]
    (event,) = history(database, cup.mid)
    assert (event.action, event.decided_by, event.is_applied) == ("accept", admin.name, True)


def test_an_import_keeps_labels_of_our_own_and_brings_none(
    database: Database, account: Account, admin: Account
) -> None:
    cup = accepted(database, account, admin, "Espresso cup")
    import_boxable(database)
    assert [entry.label.mid for entry in labels.show(database, cup.mid).parents] == [CUP]
    foreign = (*boxable_taxonomy().labels, Label("/h/0009", "Foreign"))
    with pytest.raises(Refused, match="/h/0009"):
        import_taxonomy(database, Taxonomy(foreign, frozenset()))
    with pytest.raises(psycopg2.errors.CheckViolation), database.transaction() as cursor:
        cursor.execute("insert into labels (mid, name) values ('/h/0009', 'x')")


@pytest.mark.parametrize("name", ["Coffee cup", "coffee CUP", "  Coffee   cup "])
def test_a_name_that_is_there_is_not_proposed_again(
    database: Database, account: Account, name: str
) -> None:
    with pytest.raises(Conflict):
        proposed(database, account, name)


@pytest.mark.parametrize("name", ["Cofee cup", "coffee", "Coffeecup", "Cup of coffee"])
def test_while_one_writes_names_that_are_like_it_are_shown(database: Database, name: str) -> None:
    assert "Coffee cup" in [similar.name for similar in service.alike(database, name)]
    assert service.alike(database, "x") == []


def test_two_people_at_once_propose_a_name_once(
    database: Database, account: Account, catalogue_url: str
) -> None:
    def propose(_: int) -> bool:
        own = Database(catalogue_url, role=ROLE)
        try:
            proposed(own.acting_for(account.id), account)
        except Conflict:
            return False
        finally:
            own.close()
        return True

    with ThreadPoolExecutor(5) as people:
        assert sum(people.map(propose, range(5))) == 1


def test_two_admins_at_once_decide_a_proposal_once(
    database: Database, account: Account, admin: Account, catalogue_url: str
) -> None:
    made = str(proposed(database, account).id)

    def decide(number: int) -> bool:
        own = Database(catalogue_url, role=ROLE)
        action = "accept" if number % 2 else "decline"
        try:
            service.decide(
                own.acting_for(admin.id), admin, made, ProposalDecision(action=action, reason="x")
            )
        except Conflict:
            return False
        finally:
            own.close()
        return True

    with ThreadPoolExecutor(5) as people:
        assert sum(people.map(decide, range(5))) == 1


def test_a_merged_proposal_is_another_name_of_the_label_that_was_there(
    database: Database, account: Account, admin: Account
) -> None:
    made = proposed(database, account, "Kaffeetasse")
    service.decide(
        database, admin, str(made.id), ProposalDecision(action="merge", into="coffee cup")
    )
    work(database)
    assert named(database, "kaffeetasse") == CUP
    assert found(database, "kaffeet") == [CUP]
    assert [
        similar.label and similar.label.mid for similar in service.alike(database, "Kafeetasse")
    ] == [CUP]


def test_a_declined_proposal_has_a_reason_and_may_be_made_again(
    database: Database, account: Account, admin: Account
) -> None:
    made = proposed(database, account)
    with pytest.raises(Refused):
        service.decide(database, admin, str(made.id), ProposalDecision(action="decline"))
    service.decide(
        database, admin, str(made.id), ProposalDecision(action="decline", reason="Too narrow.")
    )
    work(database)
    with database.transaction() as cursor:
        (told,) = notices.of_account(cursor, account.id, 2**62, 9)
    assert "Too narrow." in told.words
    assert proposed(database, account).id != made.id


def test_a_label_of_our_own_is_renamed_and_merged_and_found_by_all_its_names(
    database: Database, account: Account, admin: Account
) -> None:
    cup = accepted(database, account, admin, "Espresso cup")
    service.change(database, admin, cup.mid, ProposalDecision(action="rename", name="Demitasse"))
    work(database)
    assert named(database, "espresso cup") == named(database, "demitasse") == cup.mid
    service.change(database, admin, cup.mid, ProposalDecision(action="merge", into=CUP))
    work(database)
    assert named(database, "espresso cup") == named(database, "demitasse") == CUP
    assert cup.mid not in found(database, "demitasse")
    assert [event.action for event in history(database, cup.mid)] == [
        "merge", "rename", "accept",
    ]  # fmt: skip
    with database.transaction() as cursor:
        assert label_queries.merged_into(cursor, cup.mid) == Label(CUP, "Coffee cup")
    with pytest.raises(NotFound):
        service.change(database, admin, CUP, ProposalDecision(action="rename", name="Mine"))


def test_a_merge_in_a_circle_is_told_and_changes_nothing(
    database: Database, account: Account, admin: Account
) -> None:
    cup = accepted(database, account, admin, "Espresso cup")
    made = service.propose(database, account, NewProposal("Red demitasse", (cup.mid,), "Red."))
    service.decide(
        database, admin, str(made.id), ProposalDecision(action="accept", parents=[cup.mid])
    )
    work(database)
    child = named(database, "red demitasse")
    service.change(database, admin, cup.mid, ProposalDecision(action="merge", into=child))
    assert work(database) == {"applied": 0, "refused": 1}
    event = history(database, cup.mid)[0]
    assert "below itself" in event.problem
    assert named(database, "espresso cup") == cup.mid


def test_examples_are_ones_own_photos(
    database: Database, account: Account, web_side: Database
) -> None:
    with database.transaction() as cursor:
        own = factories.photo(cursor, owner=account)
        foreign = factories.photo(cursor)
    acting = web_side.acting_for(account.id)
    for stranger in (foreign.upload_id, uuid.uuid4()):
        with pytest.raises(Refused, match="your own"):
            service.propose(acting, account, NewProposal("Some thing", (), "x", (stranger,)))
    made = service.propose(acting, account, NewProposal("Some thing", (), "x", (own.upload_id,)))
    assert made.examples == (own.image_id,)
    withdrawals.withdraw(acting, account, str(own.upload_id))
    assert service.own_photos(acting, account) == []
    assert service.show(acting, str(made.id)).examples == ()


def test_nobody_proposes_more_than_the_quota(database: Database, account: Account) -> None:
    with database.transaction() as cursor:
        for number in range(service.MOST_WAITING):
            label_proposals.add(cursor, account.id, NewProposal(f"Name {number}", (), "x"))
    with pytest.raises(Refused, match="wait already"):
        proposed(database, account)


def test_the_history_only_grows(web_side: Database) -> None:
    for statement in ("update label_changes set reason = ''", "delete from label_changes",
                      "insert into label_synonyms values ('/m/x', 'x')",
                      "update labels set name = 'x'"):  # fmt: skip
        with (
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
            web_side.transaction() as cursor,
        ):
            cursor.execute(statement)


def test_a_release_stays_what_it_was_when_its_label_is_renamed_and_merged(web: Web) -> None:
    account, _ = web.person()
    admin, _ = web.person(Role.ADMIN)
    name = f"Cup {uuid.uuid4().hex[:8]}"
    cup = accepted(web.database, account, admin, name)
    with web.database.transaction() as cursor:
        release = release_with_photos(cursor, web.store, [jpeg(5, 64, 64)], cup).id
    addresses = [
        f"/api/v1/releases/{release}", f"/api/v1/releases/{release}/manifest",
        f"/api/v1/releases/{release}/download",
    ]  # fmt: skip
    _, token = web.person()
    before = [unpacked(web.get(address, token).content) for address in addresses]
    service.change(
        web.database, admin, cup.mid, ProposalDecision(action="rename", name=f"{name} two")
    )
    service.change(web.database, admin, cup.mid, ProposalDecision(action="merge", into=CUP))
    work(web.database)
    assert [unpacked(web.get(address, token).content) for address in addresses] == before


def unpacked(answer: bytes) -> bytes | dict[str, bytes]:
    """A ZIP's files, since it says when it was packed; anything else as it is."""
    if not answer.startswith(b"PK"):
        return answer
    archive = zipfile.ZipFile(io.BytesIO(answer))
    return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    "name", ["Cup\u202e", "C\u200bup", "Cup\ue000", "\u3164\u3164", "Cup\u2066"]
)
def test_a_name_with_characters_that_nobody_sees_is_refused(
    database: Database, account: Account, name: str
) -> None:
    with pytest.raises(Refused, match=r"The name holds U\+[0-9A-F]{4}.*which nobody sees"):
        proposed(database, account, name)
    with pytest.raises(Refused, match="The why holds"):
        service.propose(database, account, NewProposal("Espresso cup", (CUP,), f"See {name}"))


@pytest.mark.parametrize(
    "name", ["Ｃoffee cup", "Coffee\u00a0cup", "Coffee \u0441up", "COFFEE CUP", "𝐂offee cup"]
)
def test_a_name_that_looks_like_a_label_is_here_already(
    database: Database, account: Account, name: str
) -> None:
    with pytest.raises(Conflict, match="is here already: Coffee cup"):
        proposed(database, account, name)
    assert "Coffee cup" in [similar.name for similar in service.alike(database, name)]
