"""Labels and images as pages and API read them, on a real catalogue."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import photo_openings
from imagehub.characters import folded
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Label, Outcome, Role
from tests import factories
from webapp.front import service as front_page
from webapp.images import service as images
from webapp.images.service import PageCursor
from webapp.labels import service as labels


@pytest.fixture
def zoo(database: Database) -> dict[str, Label]:
    """A small graph: a dog is an animal and a pet, both are things; a tail is part of a dog."""
    with database.transaction() as cursor:
        cursor.execute("truncate labels cascade")
        thing = factories.label(cursor, "Thing")
        animal = factories.label(cursor, "Animal", is_a=[thing])
        pet = factories.label(cursor, "Pet", is_a=[thing])
        dog = factories.label(cursor, "Dog", is_a=[animal, pet])
        tail = factories.label(cursor, "Tail", part_of=[dog])
        hot_dog = factories.label(cursor, "Hot dog", is_a=[thing])
        factories.label(cursor, "50%_off", is_a=[thing])
    return {"animal": animal, "pet": pet, "dog": dog, "tail": tail, "hot dog": hot_dog}


def names(entries: object) -> list[str]:
    return [entry.label.name for entry in entries]


def test_search_finds_the_name_itself_then_beginnings_then_words(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        factories.label(cursor, "Dogfish")
        factories.label(cursor, "Hedgehog dogma")
        factories.label(cursor, "Underdog")
    found = labels.search(database, "  DOG ", None, 10)
    assert names(found.items) == ["Dog", "Dogfish", "Hedgehog dogma", "Hot dog", "Underdog"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cafe", "Café"),
        ("CAFÉ", "Café"),
        ("cafe\u0301", "Café"),
        ("creme brulee", "Crème brûlée"),
        ("brulee", "Crème brûlée"),
        ("crème", "Creme caramel"),
        ("strasse", "Straße"),
        ("STRASSE", "Straße"),
        ("smorrebrod", "Smørrebrød"),
        ("pierogi lodz", "Pierogi Łódź"),
        ("jalapeno", "Jalapeño"),
        ("istanbul", "İstanbul"),
        ("ｍug", "Mug"),
        ("תפוח", "תפוח"),
    ],
)
def test_search_ignores_accents_and_case(database: Database, text: str, name: str) -> None:
    with database.transaction() as cursor:
        cursor.execute("truncate labels cascade")
        factories.label(cursor, name)
        synonymous = factories.label(cursor, "Other")
        cursor.execute(
            "insert into label_synonyms (label, name) values (%s, %s)", (synonymous.mid, name)
        )
    assert names(labels.search(database, text, None, 10).items) == [name, "Other"]


def test_the_name_as_it_is_written_comes_before_names_with_other_accents(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        cursor.execute("truncate labels cascade")
        for name in ("Café", "Cafe", "Cafeteria"):
            factories.label(cursor, name)
    assert names(labels.search(database, "café", None, 10).items) == ["Café", "Cafe", "Cafeteria"]
    assert names(labels.search(database, "cafe", None, 10).items) == ["Cafe", "Café", "Cafeteria"]


def test_full_width_wildcards_are_letters_too(database: Database, zoo: dict[str, Label]) -> None:
    assert names(labels.search(database, "％＿", None, 10).items) == ["50%_off"]
    assert names(labels.search(database, "＿％", None, 10).items) == []


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=30))
@example("Ærø, Þórður, Łódź, ŒUVRE, ßẞ, İı, ŋŊ, ħĦ, đĐ, ðÐ, ﬁ, ｍ, Ａ")
def test_the_catalogue_and_the_core_fold_names_alike(database: Database, name: str) -> None:
    with database.transaction() as cursor:
        cursor.execute("select folded(%s) as name", (name,))
        assert cursor.fetchone().name == folded(name)


def test_search_reads_wildcards_as_letters(database: Database, zoo: dict[str, Label]) -> None:
    assert names(labels.search(database, "%_", None, 10).items) == ["50%_off"]
    assert names(labels.search(database, "\\", None, 10).items) == []
    assert names(labels.search(database, "d\x00og", None, 10).items) == []


def test_pages_of_a_search_join_without_gap_or_overlap(
    database: Database, zoo: dict[str, Label]
) -> None:
    everything = names(labels.search(database, "", None, 100).items)
    assert everything == sorted(everything, key=str.lower)
    walked, after = [], None
    for _ in range(10):
        page = labels.search(database, "", after, 2)
        walked += names(page.items)
        after = page.after
        if after is None:
            break
    assert walked == everything


def test_a_label_with_two_parents_shows_both_and_one_trail(
    database: Database, zoo: dict[str, Label]
) -> None:
    found = labels.show(database, zoo["dog"].mid)
    assert names(found.parents) == ["Animal", "Pet"]
    assert [label.name for label in found.trail] == ["Animal"]
    assert names(found.parts) == ["Tail"]
    assert names(labels.show(database, zoo["tail"].mid).wholes) == ["Dog"]


def test_the_trail_leaves_out_a_single_root_and_nothing_else(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        brush = factories.label(cursor, "Brush", is_a=[zoo["tail"]])
    assert [label.name for label in labels.show(database, brush.mid).trail] == ["Tail"]
    assert labels.show(database, zoo["animal"].mid).trail == ()


def test_counts_are_told_with_and_without_descendants(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        for _ in range(3):
            factories.verified_photo(cursor, zoo["dog"])
        waiting = factories.photo(cursor, zoo["dog"])
        judged = factories.photo(cursor, zoo["dog"])
        factories.verdict(cursor, judged.image_id, zoo["dog"], Outcome.REJECTED, 0.02)
        factories.publish_label_sets(cursor)
    assert waiting.image_id
    animal, dog = labels.show(database, zoo["animal"].mid), labels.show(database, zoo["dog"].mid)
    assert (animal.entry.images, animal.entry.own_images) == (3, 0)
    assert (dog.entry.images, dog.entry.own_images, dog.claimed, dog.undecided) == (3, 3, 5, 1)
    assert dog.outcomes[Outcome.REJECTED] == 1
    assert [thin.label.name for thin in front_page.show(database).thin] == ["Dog"]


def test_an_absent_label_is_not_found(database: Database) -> None:
    for mid in ("/m/none", "/x/../y", "/m/" + "a" * 500):
        with pytest.raises(NotFound):
            labels.show(database, mid)
        with pytest.raises(NotFound):
            images.of_label(database, mid, PageCursor(), 10)


def test_browsing_starts_below_a_single_root(database: Database, zoo: dict[str, Label]) -> None:
    groups = labels.groups(database)
    assert [group.entry.label.name for group in groups][:2] == ["Animal", "Pet"]
    assert names(groups[0].kinds) == ["Dog"]


def test_pages_of_a_label_walk_forth_and_back_over_the_same_images(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        made = {factories.verified_photo(cursor, zoo["dog"]).image_id for _ in range(7)}
        factories.publish_label_sets(cursor)
    pages, page_cursor = [], PageCursor()
    for _ in range(4):
        pages.append(images.of_label(database, zoo["animal"].mid, page_cursor, 3))
        if pages[-1].after is None:
            break
        page_cursor = PageCursor(after=pages[-1].after)
    walked = [[tile.image_id for tile in page.items] for page in pages]
    assert [len(ids) for ids in walked] == [3, 3, 1]
    assert {image_id for ids in walked for image_id in ids} == made
    assert pages[0].before is None
    for earlier, later in itertools.pairwise(pages):
        back = images.of_label(database, zoo["animal"].mid, PageCursor(before=later.before), 3)
        assert back.items == earlier.items
    assert back.after is not None
    first = images.of_label(database, zoo["animal"].mid, PageCursor(before=pages[1].before), 3)
    assert first.before is None


def test_an_image_verified_under_two_kinds_stands_once_in_their_parent(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        cat = factories.label(cursor, "Cat", is_a=[zoo["animal"]])
        both = factories.verified_photo(cursor, zoo["dog"])
        factories.verdict(cursor, both.image_id, cat)
        factories.publish_label_sets(cursor)
    page = images.of_label(database, zoo["animal"].mid, PageCursor(), 10)
    assert [tile.image_id for tile in page.items] == [both.image_id]


def test_a_cluster_is_read_from_its_centre_outward_page_by_page(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        ids = [factories.verified_photo(cursor, zoo["dog"]).image_id for _ in range(5)]
        factories.publish_label_sets(cursor)
        factories.cluster(cursor, zoo["dog"], 0, ids)
    (front,) = images.clusters(database, zoo["dog"].mid)
    assert [tile.image_id for tile in front.tiles] == ids
    first = images.of_label(database, zoo["dog"].mid, PageCursor(), 2, cluster=0)
    second = images.of_label(database, zoo["dog"].mid, PageCursor(after=first.after), 2, cluster=0)
    back = images.of_label(database, zoo["dog"].mid, PageCursor(before=second.before), 2, cluster=0)
    assert [tile.image_id for tile in first.items + second.items] == ids[:4]
    assert back == first
    with pytest.raises(NotFound):
        images.of_label(database, zoo["dog"].mid, PageCursor(), 2, cluster=1)


def test_another_lists_cursor_is_refused(database: Database, zoo: dict[str, Label]) -> None:
    wrong = labels.search(database, "", None, 1).after
    for cursor in (wrong, "x", "é", "W10", "A" * 5000):
        with pytest.raises(Refused):
            images.of_label(database, zoo["dog"].mid, PageCursor(after=cursor), 2)


def test_an_image_that_is_in_no_label_set_is_for_its_contributor_and_who_opened_it(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        hidden = factories.photo(cursor, zoo["dog"])
        stranger = factories.account(cursor)
        admin, other = (factories.account(cursor, roles=[Role.ADMIN]) for _ in range(2))
        photo_openings.add(cursor, admin.id, hidden.image_id, "Asked for.", 60)
    for viewer in (None, stranger, other):
        with pytest.raises(NotFound):
            images.show(database, hidden.image_id, viewer)
        with pytest.raises(NotFound):
            images.similar(database, hidden.image_id, 5, viewer)
    with pytest.raises(NotFound):
        images.find(database, hidden.image_id)
    for viewer in (hidden.account, admin):
        assert images.show(database, hidden.image_id, viewer).image.id == hidden.image_id


def test_of_a_hidden_image_its_contributor_learns_nothing_about_others(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        first = factories.photo(cursor, zoo["dog"])
        again = factories.same_photo_again(cursor, replace(first, label=zoo["pet"]))
        for label in ("dog", "pet"):
            factories.verdict(cursor, first.image_id, zoo[label], Outcome.NEEDS_REVIEW, 0.5)
        keeper = factories.photo(cursor, zoo["dog"])
        factories.duplicate(cursor, first.image_id, keeper.image_id)
        admin = factories.account(cursor, roles=[Role.ADMIN])
    seen = images.show(database, first.image_id, again.account)
    assert [sent.contributor for sent in seen.uploads] == [again.account.name]
    assert [judged.label for judged in seen.verdicts] == [zoo["pet"]]
    assert seen.image.landed_at == seen.uploads[0].settled_at
    assert seen.keeper_id == first.image_id
    everything = images.show(database, first.image_id, admin)
    assert (len(everything.uploads), len(everything.verdicts)) == (2, 2)
    assert everything.keeper_id == keeper.image_id


def test_a_public_image_does_not_name_a_hidden_keeper(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        shown = factories.verified_photo(cursor, zoo["dog"])
        factories.publish_label_sets(cursor)
        keeper = factories.photo(cursor, zoo["dog"])
        factories.duplicate(cursor, shown.image_id, keeper.image_id)
    assert images.show(database, shown.image_id).keeper_id == shown.image_id
    assert images.show(database, shown.image_id, keeper.account).keeper_id == keeper.image_id


def test_similar_images_come_nearest_first_and_never_hidden_ones(
    database: Database, zoo: dict[str, Label]
) -> None:
    def near(angle: float) -> list[float]:
        return [1.0, angle, *[0.0] * 254]

    with database.transaction() as cursor:
        made = [factories.photo(cursor, zoo["dog"]) for _ in range(5)]
        for number, photo in enumerate(made):
            factories.checks(cursor, photo.image_id, embedding=near(number / 5))
        for photo in made[:4]:
            factories.verdict(cursor, photo.image_id, zoo["dog"])
        factories.publish_label_sets(cursor)
        factories.duplicate(cursor, made[1].image_id, made[0].image_id)
    found = images.similar(database, made[0].image_id, 10)
    assert [tile.image_id for tile in found] == [made[2].image_id, made[3].image_id]
    assert 0 < found[0].distance < found[1].distance < 1
    shown = images.show(database, made[1].image_id)
    assert shown.keeper_id == made[0].image_id
    assert [near.tile.image_id for near in shown.near_duplicates] == [made[0].image_id]


def test_an_image_without_an_embedding_resembles_none(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        lost = factories.photo(cursor, zoo["dog"])
        factories.checks(cursor, lost.image_id, embedding=[0.0] * 256)
        factories.verdict(cursor, lost.image_id, zoo["dog"])
        others = [factories.verified_photo(cursor, zoo["dog"]).image_id for _ in range(2)]
        factories.publish_label_sets(cursor)
    assert images.similar(database, lost.image_id, 5) == []
    assert [tile.image_id for tile in images.similar(database, others[0], 5)] == others[1:]


def test_the_front_page_shows_the_largest_sets_by_the_photos_typical_of_their_clusters(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        dogs = [factories.verified_photo(cursor, zoo["dog"]).image_id for _ in range(3)]
        factories.verified_photo(cursor, zoo["pet"])
        unseen = factories.photo(cursor, zoo["dog"]).image_id
        factories.publish_label_sets(cursor)
        factories.cluster(cursor, zoo["dog"], 0, [unseen, dogs[0], dogs[1]])
        factories.cluster(cursor, zoo["dog"], 1, [dogs[2]])
    (shown,) = front_page.show(database).sets
    assert shown.entry.label == zoo["dog"]
    assert [tile.image_id for tile in shown.tiles] == [dogs[0], dogs[2], dogs[1]]


def test_the_front_page_shows_what_was_published_last(
    database: Database, zoo: dict[str, Label]
) -> None:
    with database.transaction() as cursor:
        factories.verified_photo(cursor, zoo["dog"])
        factories.publish_label_sets(cursor)
        newer = factories.verified_photo(cursor, zoo["pet"])
        factories.publish_label_sets(cursor)
        factories.photo(cursor, zoo["pet"])
    shown = front_page.show(database)
    assert len(shown.newest) == 2
    assert shown.newest[0].image_id == newer.image_id
    assert (shown.published.images, shown.published.verified) == (3, 2)
