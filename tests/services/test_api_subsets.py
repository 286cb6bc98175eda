"""Subsets and wishes for releases through the real API."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import releases, subset_estimates
from imagehub.catalogue.releases import subsets as catalogue_subsets
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Label, Role
from spark_jobs.release.selection.choose import choose
from tests import factories
from tests.web_server import Web
from webapp.subsets import service as subsets


@pytest.fixture
def token(web: Web) -> str:
    return web.person()[1]


def new_name() -> str:
    return f"set-{uuid.uuid4().hex[:12]}"


def rules(*labels: str, **changes: Any) -> dict[str, Any]:
    return {"labels": list(labels or ("/m/0bt9lr",)), **changes}


def label(web: Web, *parents: Label) -> Label:
    with web.database.transaction() as cursor:
        return factories.label(cursor, mid=f"/m/{uuid.uuid4().hex[:12]}", is_a=parents)


def test_a_subset_is_saved_and_read(web: Web, token: str) -> None:
    name = new_name()
    made = web.post("/api/v1/subsets", token, json={"name": name, **rules(cap_per_label=10)})
    assert made.status_code == 201, made.text
    read = web.get(made.headers["Location"]).json()
    assert read == made.json()
    assert read["cap_per_label"] == 10
    assert read["splits"] == {"train": 0.8, "validation": 0.1, "test": 0.1}


def test_saving_the_same_again_changes_nothing_and_another_under_its_name_is_a_conflict(
    web: Web, token: str
) -> None:
    body = {"name": new_name(), **rules()}
    first = web.post("/api/v1/subsets", token, json=body)
    assert web.post("/api/v1/subsets", token, json=body).json() == first.json()
    assert web.post("/api/v1/subsets", token, json={**body, "cap_per_label": 1}).status_code == 409
    _, other = web.person()
    assert web.post("/api/v1/subsets", other, json=body).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": []}, {"labels": ["dog"]}, {"labels": "/m/0bt9lr"}, {"labels": ["/m/0bt9lr"] * 2},
        {"labels": ["/m/nosuchlabel"]}, {"labels": [1]}, {"labels": ["/m/0bt9lr\u0000"]},
        {"cap_per_label": 0}, {"cap_per_label": "10"}, {"cap_per_label": 1.5},
        {"cap_per_label": True}, {"cap_per_label": 10**30},
        {"min_short_side_pixels": -1}, {"keepers_only": 1},
        {"splits": {}}, {"splits": {"train": 0.5}}, {"splits": {"../x": 1}}, {"splits": {"a": -1}},
        {"owner_id": "x"}, {"verified": True}, {"role": "admin"},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(web: Web, token: str, changes: Any) -> None:
    body = {"name": new_name(), **rules(), **changes}
    for path, sent in (
        ("/api/v1/subsets", body),
        ("/api/v1/subsets/preview", {key: body[key] for key in body if key != "name"}),
    ):
        answer = web.post(path, token, json=sent)
        assert answer.status_code == 422, answer.text
    assert web.get(f"/api/v1/subsets/{body['name']}").status_code == 404


@pytest.mark.parametrize("name", ["", "A", "-a", "a" * 64, "a b", "../a", "ä", "a\n", None, 1])
def test_names_are_for_addresses(web: Web, token: str, name: Any) -> None:
    assert web.post("/api/v1/subsets", token, json={"name": name, **rules()}).status_code == 422


@pytest.mark.parametrize("name", ["Pets", "my pets", "über", "pets_1"])
def test_a_name_that_cannot_be_is_told_in_words(web: Web, token: str, name: str) -> None:
    told = web.post("/api/v1/subsets", token, json={"name": name, **rules()}).json()["detail"]
    assert told == (
        "name: it must be up to 63 small letters, digits and hyphens, such as street-animals."
    )


def test_other_patterns_are_told_in_words_too(web: Web, token: str) -> None:
    labels = web.post("/api/v1/subsets", token, json={"name": "a", **rules("Dog")}).json()
    assert labels["detail"] == "labels.0: it must be a MID such as /m/0bt9lr."
    split = web.post(
        "/api/v1/subsets", token, json={"name": "a", **rules(), "splits": {"Train": 1.0}}
    ).json()
    assert "it must be up to 16 small letters" in split["detail"]


@pytest.mark.parametrize("name", ["new", "preview"])
def test_a_subset_is_not_called_like_an_address_of_the_portal(
    web: Web, token: str, name: str
) -> None:
    answer = web.post("/api/v1/subsets", token, json={"name": name, **rules(label(web).mid)})
    assert (answer.status_code, "address" in answer.json()["detail"]) == (422, True)


def test_the_preview_counts_by_label_and_split_as_the_rules_say(web: Web) -> None:
    animal = label(web)
    dog, cat = label(web, animal), label(web, animal)
    with web.database.transaction() as cursor:
        dogs = [factories.verified_photo(cursor, dog, size=(800, 600)) for _ in range(5)]
        factories.verified_photo(cursor, dog, size=(90, 90))
        factories.duplicate(cursor, dogs[0].image_id, dogs[1].image_id)
        for _ in range(3):
            factories.verified_photo(cursor, cat)
        factories.photo(cursor, dog)
        factories.publish_label_sets(cursor)

    def preview(**body: Any) -> Any:
        return web.post("/api/v1/subsets/preview", json=body).json()

    def files(body: Any) -> dict[str, int]:
        return {entry["mid"]: entry["files"] for entry in body["labels"]}

    everything = preview(labels=[dog.mid], keepers_only=False)
    assert files(everything) == {dog.mid: 6}
    assert files(preview(labels=[dog.mid], min_short_side_pixels=100)) == {dog.mid: 4}
    assert files(preview(labels=[animal.mid])) == {animal.mid: 8}
    both = preview(labels=[animal.mid, dog.mid], cap_per_label=4, splits={"a": 0.5, "b": 0.5})
    assert files(both) == {animal.mid: 3, dog.mid: 4}
    assert both["files"] == 7
    assert sum(both["splits"].values()) == 7
    assert both["total_bytes"] > 0


def test_an_open_wish_is_one_wish(web: Web, token: str) -> None:
    name = new_name()
    web.post("/api/v1/subsets", token, json={"name": name, **rules()})
    wishes = [web.post(f"/api/v1/subsets/{name}/releases", token, json={}) for _ in range(3)]
    assert {(wish.status_code, wish.text) for wish in wishes} == {(202, wishes[0].text)}
    assert wishes[0].json() == {"id": f"{name}-1", "state": "requested"}
    release = web.get(wishes[0].headers["Location"]).json()
    assert (release["id"], release["subset"], release["state"]) == (f"{name}-1", name, "requested")
    with web.database.transaction() as cursor:
        cursor.execute("insert into release_failures values (%s, 'It is empty.')", (f"{name}-1",))
    assert web.get(f"/api/v1/releases/{name}-1").json()["reason"] == "It is empty."
    again = web.post(f"/api/v1/subsets/{name}/releases", token)
    assert again.json()["id"] == f"{name}-2"


def test_only_the_owner_and_admins_ask_for_a_release(web: Web, token: str) -> None:
    name, (_, other), (_, admin) = new_name(), web.person(), web.person(Role.ADMIN)
    web.post("/api/v1/subsets", token, json={"name": name, **rules()})
    path = f"/api/v1/subsets/{name}/releases"
    assert web.post(path).status_code == 401
    assert web.post(path, other).status_code == 403
    assert web.post(path, admin).status_code == 202
    assert web.post("/api/v1/subsets/nothing/releases", token).status_code == 404


def test_releases_are_listed_newest_first(web: Web, token: str) -> None:
    names = [new_name() for _ in range(3)]
    for name in names:
        web.post("/api/v1/subsets", token, json={"name": name, **rules()})
        web.post(f"/api/v1/subsets/{name}/releases", token)
    page = web.get("/api/v1/releases?limit=2").json()
    assert [release["subset"] for release in page["releases"]] == [names[2], names[1]]
    rest = web.get("/api/v1/releases", params={"after": page["next"]}).json()
    assert rest["releases"][0]["subset"] == names[0]


@pytest.mark.parametrize("after", ["x", "%00", "WzFd", "a" * 700, "WyJhIiwiYiJd"])
def test_a_damaged_page_link_is_refused(web: Web, after: str) -> None:
    assert web.get(f"/api/v1/releases?after={after}").status_code == 422


def test_the_preview_is_what_the_release_job_chooses(database: Database) -> None:
    with database.transaction() as cursor:
        animal = factories.label(cursor)
        dog, cat = factories.label(cursor, is_a=[animal]), factories.label(cursor, is_a=[animal])
        made = [factories.verified_photo(cursor, claimed) for claimed in [dog, cat, dog] * 12]
        factories.duplicate(cursor, made[0].image_id, made[3].image_id)
        unverified = factories.photo(cursor, dog)
        for copy in made[5:8]:
            factories.duplicate(cursor, copy.image_id, unverified.image_id)
        factories.publish_label_sets(cursor)
    for changes in (
        {},
        {"cap_per_label": 7},
        {"keepers_only": False, "splits": (("b", 0.3), ("a", 0.7))},
        {"splits": (("only", 1.0),)},
    ):
        rules = SubsetRules(labels=(animal.mid, dog.mid), **changes)  # type: ignore[arg-type] # of several types
        with database.transaction() as cursor:
            offers = releases.find(cursor, 1, rules)
        chosen = Counter((image.label, image.split) for image in choose(offers, rules))
        shown = {
            (count.label.mid, split): files
            for count in subsets.preview(database, rules).labels
            for split, files in count.splits.items()
            if files
        }
        assert shown == chosen
        with database.transaction() as cursor:
            sizes = subset_estimates.sizes(cursor, rules.labels)
            sampled = subset_estimates.estimate(cursor, rules, sizes, most=1_000)
            assert sampled == catalogue_subsets.count(cursor, rules)


def test_a_sample_tells_about_how_many_photos_a_large_subset_has(database: Database) -> None:
    with database.transaction() as cursor:
        label = factories.label(cursor)
        for _ in range(60):
            factories.verified_photo(cursor, label)
        factories.publish_label_sets(cursor)
        rules = SubsetRules(labels=(label.mid,), cap_per_label=40)
        sizes = subset_estimates.sizes(cursor, rules.labels)
        (counted,) = subset_estimates.estimate(cursor, rules, sizes, most=20)
    assert (counted.images, counted.files, sum(counted.splits.values())) == (60, 40, 40)


def test_a_copy_that_is_not_verified_takes_no_verified_photo_out_of_a_subset(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        dog, cat = factories.label(cursor), factories.label(cursor)
        keeper = factories.photo(cursor, cat)
        copies = [factories.verified_photo(cursor, dog) for _ in range(3)]
        for distance, copy in enumerate(copies, start=1):
            factories.duplicate(cursor, copy.image_id, keeper.image_id, distance=distance)
        factories.publish_label_sets(cursor)
    rules = SubsetRules(labels=(dog.mid,))
    with database.transaction() as cursor:
        offers = releases.find(cursor, 1, rules)
    assert [offer.image_id for offer in offers] == [copies[0].image_id]
    assert subsets.preview(database, rules).files == 1
