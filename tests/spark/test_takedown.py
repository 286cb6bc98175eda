"""A photo is reported, hidden, taken down: after it nobody finds a byte of it anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from imagehub import withdrawal_list
from imagehub.catalogue.demands import notices
from imagehub.catalogue.releases import release_withdrawals
from imagehub.client import HubClient
from imagehub.client.download import DownloadOptions, download
from imagehub.proof import look_for
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.vocabulary import Account, Role
from spark_jobs import jobs
from tests import factories
from tests.canaries import noise, slices
from tests.crawling import Crawl
from tests.factories import Photo
from tests.web_server import Web


@dataclass
class Scene:
    """A hub with four published photos and a release of them; `canaries` are bytes of one."""

    web: Web
    settings: Settings
    spark: Any
    photos: list[Photo]
    release: str
    people: dict[str, tuple[Account, str]]
    canaries: tuple[bytes, ...]

    @property
    def photo(self) -> Photo:
        return self.photos[0]

    def do(self, job: str) -> dict[str, int]:
        return jobs.execute(job, self.settings, self.spark, self.web.database, self.web.store)

    def crawl(self, role: str = "", quick: bool = True) -> list[str]:
        """Addresses where somebody with this role, or a visitor, finds the photo.

        A quick crawl follows no links from the addresses that are known to show it.
        """
        session, token = "", ""
        if role:
            token = self.people[role][1]
            with self.web.database.transaction() as cursor:
                session = factories.session(cursor, token)
        one, release = f"/api/v1/images/{self.photo.image_id}", f"/api/v1/releases/{self.release}"
        seeds = (
            *(one, f"{one}/similar", f"/api/v1/images/{self.photos[1].image_id}/similar"),
            *(f"/images/{self.photo.image_id}/{kind}.jpg" for kind in ("full", "view", "thumb")),
            *(release, f"{release}/manifest", f"{release}/documents", f"{release}/withdrawals"),
            *(f"{release}/download?format={name}" for name in ("imagefolder", "tar")),
            *(f"{release}/files/{file}" for file in self.files()),
            f"/api/v1/labels{self.photo.label.mid}/images",
        )
        return Crawl(self.web.url, session, token, seeds, quick).finds(self.canaries)

    def files(self) -> list[str]:
        manifest = self.web.get(f"/api/v1/releases/{self.release}/manifest").content
        return [line.split('"')[0] for line in manifest.decode().split('"path":"')[1:]]

    def stored(self) -> list[str]:
        """Keys of objects that hold some of the photo's bytes."""
        store = self.web.store
        return [
            key
            for key in store.keys("")
            if any(canary in store.get(key) for canary in self.canaries)
        ]

    def told(self, role: str) -> list[str]:
        with self.web.database.transaction() as cursor:
            told = notices.of_account(cursor, self.people[role][0].id, 1 << 60, 9)
            return [notice.kind for notice in told]


@pytest.fixture
def scene(web: Web, spark: Any) -> Scene:
    people = {str(role): web.person(role) for role in Role}
    people["other"] = web.person(Role.CONTRIBUTOR)
    settings = replace(web.settings, spark_master="local[2]")
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        photos = []
        pictures = [noise() for _ in range(4)]
        for picture in pictures:
            owner = None if photos else people["contributor"][0]
            made = factories.photo(cursor, label, owner=owner, store=web.store, jpeg=picture)
            factories.checks(cursor, made.image_id)
            factories.verdict(cursor, made.image_id, label)
            photos.append(made)
        factories.publish_label_sets(cursor)
        factories.cluster(cursor, label, 0, [photo.image_id for photo in photos])
        subset = factories.subset(cursor, [label], keepers_only=False)
        release = factories.release_request(cursor, subset)
    name = photos[0].photo_sha256
    web.store.put(keys.original(name), pictures[0])
    stored = [web.store.get(key) for key in keys.of_photo(name)]
    canaries = tuple(canary for data in stored for canary in slices(data))
    made_scene = Scene(web, settings, spark, photos, release, people, canaries)
    made_scene.do("release")
    assert web.get(f"/api/v1/releases/{release}").json()["state"] == "ready"
    return made_scene


def decide(scene: Scene, outcome: str) -> int:
    """The admin's press on the desk's button, by way of the form."""
    token = scene.people["admin"][1]
    with scene.web.database.transaction() as cursor:
        secret = factories.session(cursor, token)
    answer = scene.web.post(
        f"/moderation/{scene.photo.image_id}",
        data={
            "outcome": outcome,
            "kind": "harm",
            "words": "It shows how to.",
            "csrf_token": hashlib.sha256(f"form of {secret}".encode()).hexdigest(),
        },
        headers={"Cookie": f"session={secret}"},
        allow_redirects=False,
    )
    return answer.status_code


def test_after_a_takedown_nobody_finds_a_byte_of_the_photo(scene: Scene, tmp_path: Path) -> None:
    web, photo = scene.web, scene.photo
    reader = HubClient(web.url, scene.people["premium"][1])
    taken = download(reader, scene.release, tmp_path / "taken", DownloadOptions())
    assert (taken.withdrawn, taken.mismatches) == (0, ())
    assert len(scene.crawl(quick=False)) > 5  # the crawl does find what is there
    assert len(scene.stored()) == 4  # a photo is stored once, whatever releases it is in
    assert {trace.where for trace in look_for(scene.settings, photo.image_id).left} > {"object"}

    report = {"kind": "harm", "words": "Look at it."}
    path = f"/api/v1/images/{photo.image_id}/reports"
    told = web.post(path, scene.people["other"][1], json=report)
    assert (told.status_code, told.json()["hidden"]) == (201, True)
    assert scene.crawl() == []
    assert scene.crawl("contributor") == []
    page = web.get(f"/images/{photo.image_id}/view.jpg")
    assert page.status_code == 404

    assert decide(scene, "take_down") == 303
    assert decide(scene, "take_down") == 404
    assert scene.crawl("admin") == []
    scene.do("withdraw")
    assert scene.stored() == []
    for role in ("", *scene.people):
        assert scene.crawl(role, quick=False) == [], role

    release = web.get(f"/api/v1/releases/{scene.release}").json()
    assert (release["files"], release["withdrawn"]) == (4, 1)
    listed = web.get(f"/api/v1/releases/{scene.release}/documents/{withdrawal_list.NAME}").content
    (gone,) = withdrawal_list.read(listed, scene.release)
    assert (gone.image_id, gone.kind) == (photo.image_id, "taken_down")
    assert "withdrawn" in web.get(f"/releases/{scene.release}").text
    with web.database.transaction() as cursor:
        assert release_withdrawals.withdrawn_of(cursor, scene.release)[0].path == gone.path

    again = download(reader, scene.release, tmp_path / "taken", DownloadOptions())
    assert (again.withdrawn, again.held_back, again.mismatches) == (1, 0, ())
    assert not (tmp_path / "taken" / gone.path).exists()

    assert look_for(scene.settings, photo.photo_sha256).left == ()
    assert "release.withdrawn" in scene.told("premium")
    assert "report.decided" in scene.told("other")
    assert {"photo.taken_down", "photo.hidden"} <= set(scene.told("contributor"))
    receipt = web.get(f"/api/v1/uploads/{photo.upload_id}", scene.people["contributor"][1]).json()
    assert (receipt["state"], receipt["image_id"]) == ("taken_down", None)


def test_what_is_kept_comes_back_and_the_same_reason_hides_it_no_more(scene: Scene) -> None:
    web, path = scene.web, f"/api/v1/images/{scene.photo.image_id}/reports"
    other = scene.people["other"][1]
    assert web.post(path, other, json={"kind": "harm"}).json()["hidden"]
    assert web.get(f"/images/{scene.photo.image_id}").status_code == 404
    assert decide(scene, "keep") == 303
    assert web.get(f"/images/{scene.photo.image_id}").status_code == 200
    assert not web.post(path, other, json={"kind": "harm"}).json()["hidden"]
    assert web.get(f"/images/{scene.photo.image_id}").status_code == 200


def test_a_photo_that_goes_while_its_release_is_made_is_in_no_release(scene: Scene) -> None:
    with scene.web.database.transaction() as cursor:
        subset = factories.subset(cursor, [scene.photo.label], keepers_only=False)
        release = factories.release_request(cursor, subset)
    withdrawn = scene.web.post(
        f"/api/v1/uploads/{scene.photo.upload_id}/withdrawal", scene.people["contributor"][1]
    )
    assert withdrawn.json()["state"] == "withdrawn"
    assert scene.crawl() == []
    scene.do("release")
    scene.do("withdraw")
    assert scene.stored() == []
    manifest = scene.web.get(f"/api/v1/releases/{release}/manifest").text
    assert scene.photo.image_id not in manifest
