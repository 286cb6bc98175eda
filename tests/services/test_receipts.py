"""What a contributor learns of an upload, and what not."""

from __future__ import annotations

import uuid

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import photo_openings
from imagehub.catalogue.operation import status
from imagehub.errors import NotFound
from imagehub.vocabulary import Account, Outcome, Role, UploadState
from tests import factories
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.uploads import receipts, withdrawals


@pytest.fixture
def owner(database: Database) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor)


def shown(database: Database, account: Account, upload_id: uuid.UUID) -> receipts.ReceiptView:
    return receipts.show(database, account, str(upload_id))


def counted(database: Database) -> status.Counts:
    with database.transaction() as cursor:
        return status.count(cursor)


def states(receipt: receipts.ReceiptView) -> list[str]:
    return [step.state.value for step in receipt.steps]


def test_a_landed_upload_is_stored(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor, owner=owner)
    receipt = shown(database, owner, photo.upload_id)
    assert states(receipt) == ["accepted", "stored"]
    assert receipt.image_id == photo.image_id
    assert receipt.claimed_label == photo.label
    assert receipt.photo_sha256 == photo.photo_sha256
    assert receipt.duplicate_of is None


def test_a_verdict_is_told_with_its_reasons(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor, owner=owner)
        factories.checks(cursor, photo.image_id)
        factories.verdict(
            cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, reasons=("It is blurred.",)
        )
    receipt = shown(database, owner, photo.upload_id)
    assert states(receipt) == ["accepted", "stored", "checked", "needs_review"]
    assert receipt.state is UploadState.NEEDS_REVIEW
    assert receipt.steps[-1].reasons == ("It is blurred.",)


def test_only_the_current_verification_counts(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.verified_photo(cursor, owner=owner)
        cursor.execute("update verification_versions set is_current = false")
    assert states(shown(database, owner, photo.upload_id)) == ["accepted", "stored"]


def test_a_refused_upload_says_why(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        upload_id = factories.refused_upload(cursor, owner=owner, code="truncated", reason="Cut.")
    receipt = shown(database, owner, upload_id)
    assert states(receipt) == ["accepted", "refused"]
    assert (receipt.steps[-1].code, receipt.steps[-1].reasons) == ("truncated", ("Cut.",))


def test_an_upload_that_landed_without_its_acceptance_has_a_receipt(
    database: Database, owner: Account
) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor, owner=owner)
        cursor.execute("delete from acceptances")
    assert states(shown(database, owner, photo.upload_id)) == ["accepted", "stored"]


def test_an_upload_that_was_set_aside_says_so_until_it_is_tried_again(
    database: Database, owner: Account
) -> None:
    with database.transaction() as cursor:
        upload_id = factories.set_aside_upload(cursor, owner)
        factories.photo(cursor)
    receipt = shown(database, owner, upload_id)
    assert states(receipt) == ["accepted", "accepted"]
    assert receipt.state is UploadState.ACCEPTED
    assert receipt.steps[-1].code == "set_aside"
    assert "an operator will look at it" in receipt.steps[-1].reasons[0]
    counts = counted(database)
    assert (counts.accepted, counts.set_aside, counts.waiting_to_land) == (2, 1, 0)
    with database.transaction() as cursor:
        cursor.execute("update dead_letters set replayed_at = now()")
    assert states(shown(database, owner, upload_id)) == ["accepted"]
    counts = counted(database)
    assert (counts.set_aside, counts.waiting_to_land) == (0, 1)


def test_a_second_message_that_was_set_aside_takes_nothing_from_an_upload_that_landed(
    database: Database, owner: Account
) -> None:
    with database.transaction() as cursor:
        upload_id = factories.set_aside_upload(cursor, owner)
        photo = factories.photo(cursor, owner=owner)
        cursor.execute("update dead_letters set upload_id = %s", (str(photo.upload_id),))
    assert states(shown(database, owner, photo.upload_id)) == ["accepted", "stored"]
    assert states(shown(database, owner, upload_id)) == ["accepted"]
    counts = counted(database)
    assert (counts.set_aside, counts.waiting_to_land) == (0, 1)


def test_ones_own_photo_sent_again_is_a_duplicate(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        first = factories.photo(cursor, owner=owner)
        again = factories.same_photo_again(cursor, first, owner)
    assert shown(database, owner, again.upload_id).duplicate_of == first.image_id
    assert shown(database, owner, first.upload_id).duplicate_of is None


def test_another_persons_private_photo_is_not_given_away(database: Database) -> None:
    with database.transaction() as cursor:
        first = factories.verified_photo(cursor)
        again = factories.same_photo_again(cursor, first)
    receipt = shown(database, again.account, again.upload_id)
    assert receipt.duplicate_of is None
    assert [step.reasons for step in receipt.steps[:3]] == [(), (), ()]
    times = [step.at for step in receipt.steps]
    assert times == sorted(times)
    with database.transaction() as cursor:
        admin = factories.account(cursor, roles=(Role.ADMIN,))
        photo_openings.add(cursor, admin.id, first.image_id, "Asked for.", 60)
    assert shown(database, admin, again.upload_id).duplicate_of == first.image_id


def test_a_later_copy_of_ones_own_does_not_give_away_another_persons(database: Database) -> None:
    with database.transaction() as cursor:
        theirs = factories.photo(cursor)
        mine = factories.same_photo_again(cursor, theirs)
        mine_again = factories.same_photo_again(cursor, theirs, mine.account)
    assert shown(database, mine.account, mine.upload_id).duplicate_of is None
    assert shown(database, mine.account, mine_again.upload_id).duplicate_of == theirs.image_id


def test_a_published_photo_may_be_named(database: Database) -> None:
    with database.transaction() as cursor:
        first = factories.verified_photo(cursor)
        again = factories.same_photo_again(cursor, first)
        factories.publish_label_sets(cursor)
    assert shown(database, again.account, again.upload_id).duplicate_of == first.image_id


@pytest.mark.parametrize("keeper_is_own", [True, False])
def test_a_near_duplicate_names_its_keeper_if_that_may_be_seen(
    database: Database, owner: Account, keeper_is_own: bool
) -> None:
    with database.transaction() as cursor:
        keeper = factories.photo(cursor, owner=owner if keeper_is_own else None)
        photo = factories.photo(cursor, owner=owner)
        factories.duplicate(cursor, photo.image_id, keeper.image_id)
    expected = keeper.image_id if keeper_is_own else None
    assert shown(database, owner, photo.upload_id).duplicate_of == expected


def test_nobody_else_sees_a_receipt(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor)
    with pytest.raises(NotFound):
        shown(database, owner, photo.upload_id)


def test_a_withdrawn_upload_says_so_and_nothing_more(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.verified_photo(cursor, owner=owner)
    receipt = withdrawals.withdraw(database, owner, str(photo.upload_id))
    assert states(receipt) == ["accepted", "withdrawn"]
    assert (receipt.image_id, receipt.explanation) == (None, None)
    again = withdrawals.withdraw(database, owner, str(photo.upload_id))
    assert again == receipt
    assert receipts.newest(database, owner, None, 10).items == (receipt,)


def test_nobody_withdraws_what_another_sent(database: Database, owner: Account) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor)
        admin = factories.account(cursor, roles=[Role.ADMIN])
    for account in (owner, admin):
        with pytest.raises(NotFound):
            withdrawals.withdraw(database, account, str(photo.upload_id))
    assert states(shown(database, photo.account, photo.upload_id)) == ["accepted", "stored"]


def test_a_reported_photo_is_told_to_be_hidden_and_then_at_once_to_be_taken_down(
    web: Web,
) -> None:
    owner, token = web.person()
    _, admin = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        photo = factories.verified_photo(cursor, owner=owner)
        factories.publish_label_sets(cursor)
    path = f"/api/v1/images/{photo.image_id}/reports"
    reported = web.post(path, web.person()[1], json={"kind": "harm"})
    assert reported.json()["hidden"]
    address = f"/api/v1/uploads/{photo.upload_id}"
    receipt = web.get(address, token).json()
    assert (receipt["state"], receipt["image_id"], receipt["verdict"]) == ("verified", None, None)
    assert receipt["steps"][-1]["reasons"] == [receipts.HIDDEN]

    decide = SignedIn(web, admin).post(
        f"/moderation/{photo.image_id}", outcome="take_down", kind="harm", words="It shows how to."
    )
    assert decide.status_code == 303
    receipt = web.get(address, token).json()
    assert (receipt["state"], receipt["image_id"]) == ("taken_down", None)
    assert receipt["steps"][-1]["reasons"] == [
        "This photo was taken down: it may do harm. Its files are being removed."
    ]
