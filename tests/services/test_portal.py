"""Pages and pixels over HTTP, from a real server."""

from __future__ import annotations

import html
import json
import re
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from imagehub.catalogue.demands import demands
from imagehub.catalogue.demands.demands import DemandSpec
from imagehub.catalogue.imports import photo_origins
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.formats import FORMATS, ReleaseFormat
from imagehub.storage import keys
from imagehub.vocabulary import Outcome
from tests import factories
from tests.factories import Photo
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.application import create_app
from webapp.releases import samples as release_samples
from webapp.releases import service as releases

HOSTILE = "<script>alert(1)</script>\"'&{{7*1111111}}"


@pytest.fixture(scope="module")
def shown(web: Web) -> Photo:
    """A public image whose label and contributor bear hostile names."""
    with web.database.transaction() as cursor:
        label = factories.label(cursor, f"Name {HOSTILE}")
        owner = factories.account(cursor, f"contributor {HOSTILE}")
        photo = factories.verified_photo(cursor, label, owner=owner, store=web.store)
        factories.publish_label_sets(cursor)
    return photo


@pytest.fixture(scope="module")
def hidden(web: Web) -> Photo:
    """An image that is stored and in no label set."""
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, store=web.store)
        factories.checks(cursor, photo.image_id)
        factories.verdict(cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, 0.5)
    return photo


@pytest.mark.parametrize("kind", ["full", "view", "thumb"])
def test_pixels_are_the_stored_bytes_and_stay_in_caches(web: Web, shown: Photo, kind: str) -> None:
    answer = web.get(f"/images/{shown.image_id}/{kind}.jpg")
    stored = web.store.get(getattr(keys, kind)(shown.photo_sha256))
    assert (answer.status_code, answer.content) == (200, stored)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    again = web.get(
        f"/images/{shown.image_id}/{kind}.jpg", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_absent_and_what_is_hidden_cannot_be_told_apart(web: Web, hidden: Photo) -> None:
    absent = "0" * 16
    for path in ("/images/{}", "/images/{}/view.jpg", "/api/v1/images/{}"):
        answers = [
            web.get(path.format(image_id))
            for image_id in (hidden.image_id, absent, "%00", "A" * 16)
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].content == answers[1].content
    assert web.get(f"/images/{hidden.image_id}/original.jpg").status_code == 404


def test_a_contributor_reads_the_verdict_on_a_hidden_image_of_ones_own(
    web: Web, hidden: Photo
) -> None:
    with web.database.transaction() as cursor:
        own = factories.token(cursor, hidden.account)
    _, foreign = web.person()
    answer = web.get(f"/api/v1/images/{hidden.image_id}", own).json()
    assert (answer["public"], answer["verdicts"][0]["outcome"]) == (False, "needs_review")
    assert web.get(f"/api/v1/images/{hidden.image_id}", foreign).status_code == 404


def test_peoples_words_are_shown_as_words(web: Web, shown: Photo) -> None:
    for path in (
        "/",
        f"/labels{shown.label.mid}",
        f"/images/{shown.image_id}",
        "/labels?q=Name+<script>",
        "/subsets/new?form=1&q=<script>&cap=<script>&name=<script>",
    ):
        text = web.get(path).text
        assert "<script>" not in text
        assert "7*1111111}}" in text or "Name {" not in text
        assert "7777777" not in text


def test_the_api_pages_through_a_labels_images(web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        made = {factories.verified_photo(cursor, label).image_id for _ in range(5)}
        factories.publish_label_sets(cursor)
    path = f"/api/v1/labels{label.mid}/images"
    first = web.get(path, params={"limit": 3}).json()
    second = web.get(path, params={"limit": 3, "after": first["next"]}).json()
    ids = [image["id"] for image in first["images"] + second["images"]]
    assert (len(ids), set(ids), second["next"]) == (5, made, None)
    assert web.get(f"/api/v1/labels{label.mid}").json()["verified"] == 5
    assert web.get(f"/api/v1/images/{ids[0]}/similar").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/labels?q=%00%ff", 422),
        ("/labels?q=" + "x" * 3000, 200),
        ("/labels?q=a&after=nonsense", 422),
        ("/labels/m/absent", 404),
        ("/labels/m/..%2f..%2fetc", 404),
        ("/labels/m/04_sv?after=nonsense", 422),
        ("/labels/m/04_sv?cluster=-1", 404),
        ("/labels/m/04_sv?cluster=1e9", 404),
        ("/releases?after=nonsense", 422),
        ("/releases/absent-1", 404),
        ("/subsets/absent", 404),
        ("/subsets/new?labels=" + ",".join(["m/0"] * 500), 200),
        ("/api/v1/labels?limit=0", 422),
        ("/api/v1/labels?limit=1&q=a%00", 422),
    ],
)
def test_a_hostile_address_gets_an_answer_that_says_so(web: Web, path: str, status: int) -> None:
    assert web.get(path).status_code == status


def test_pages_carry_the_strict_headers_and_ask_no_other_host(web: Web, shown: Photo) -> None:
    answer = web.get(f"/images/{shown.image_id}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http" not in answer.text.replace("http://www.w3.org", "").partition("</head>")[0]
    assert web.get("/static/favicon.svg").headers["Content-Type"].startswith("image/svg+xml")


def test_a_label_without_photos_says_how_to_send_one(web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor, "Bird's nest")
    text = html.unescape(web.get(f"/labels{label.mid}").text)
    assert f"imagehub upload FOLDER --label {shlex.quote(label.name)}" in text


def test_a_releases_samples_come_from_all_over_its_manifest(web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        ids = [factories.verified_photo(cursor, label).image_id for _ in range(60)]
        factories.publish_label_sets(cursor)
        name = factories.subset(cursor, [label])
        release_id = factories.release(cursor, name, {label.mid: {"train": len(ids)}})
    lines = [
        {"schema": "head", "rules": {}},
        *({"image_id": image_id, "path": "x" * 500} for image_id in ids),
    ]
    manifest = "".join(json.dumps(line) + "\n" for line in lines).encode()
    web.store.put(keys.release_manifest(release_id), manifest)
    release = releases.show(web.database, release_id)
    samples = release_samples.pick(web.database, web.store, release)
    places = [ids.index(tile.image_id) for tile in samples]
    assert len(set(places)) >= 12
    assert min(places) == 0
    assert max(places) > 50
    page = web.get(f"/releases/{release_id}").text
    web.store.delete(keys.release_manifest(release_id))  # or other tests' crawls meet a damaged one
    assert f"/images/{samples[-1].image_id}" in page


def test_a_releases_page_offers_every_format_that_there_is(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ReleaseFormat("more", "Something else", 99, lambda _: [], "import more  # {release}")
    monkeypatch.setitem(FORMATS, more.name, more)
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        image_id = factories.verified_photo(cursor, label).image_id
        factories.publish_label_sets(cursor)
        name = factories.subset(cursor, [label])
        release_id = factories.release(cursor, name, {label.mid: {"train": 1}})
    head = json.dumps({"schema": "head", "rules": {}})
    line = json.dumps({"image_id": image_id, "path": "x"})
    web.store.put(keys.release_manifest(release_id), f"{head}\n{line}\n".encode())
    page = create_app(web.settings).test_client().get(f"/releases/{release_id}", base_url=web.url)
    web.store.delete(keys.release_manifest(release_id))  # or other tests' crawls meet a damaged one
    offered = re.findall(r'/download\?format=(\w+)">([^<]+)<', page.text)
    assert offered == [
        ("imagefolder", "ZIP, one folder per label"),
        ("tar", "TAR, one folder per label"),
        ("coco", "COCO, in a ZIP"),
    ]
    assert [html.unescape(title) for title in re.findall(r"<summary>([^<]+)<", page.text)] == [
        format_.title for format_ in FORMATS.values()
    ]
    assert f"import more  # {release_id}" in page.text
    assert web.url in page.text


def test_a_release_of_an_earlier_version_says_that_a_new_one_is_to_be_asked_for(web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        factories.verified_photo(cursor, label)
        factories.publish_label_sets(cursor)
        release_id = factories.release(cursor, factories.subset(cursor, [label]), {})
        cursor.execute("alter table release_files disable trigger user")
        cursor.execute("delete from release_files where release_id = %s", (release_id,))
        cursor.execute("alter table release_files enable trigger user")
    page = web.get(f"/releases/{release_id}").text
    assert "cannot be downloaded any more" in page
    assert "download?format=" not in page
    for path in ("/download", "/formats/parquet", "/formats/parquet/README.md"):
        answer = web.get(f"/api/v1/releases/{release_id}{path}")
        assert (answer.status_code, "ask for a new one" in answer.json()["detail"]) == (404, True)


def test_an_image_that_leaves_the_label_sets_while_its_page_is_made_is_gone(web: Web) -> None:
    with web.database.transaction() as cursor:
        animal = factories.label(cursor)
        dog = factories.label(cursor, is_a=[animal])
        leaving = factories.verified_photo(cursor, dog)
        factories.publish_label_sets(cursor)
        cursor.execute(
            "delete from label_set_members where image_id = %s and label = %s",
            (leaving.image_id, dog.mid),
        )
    assert web.get(f"/images/{leaving.image_id}").status_code == 404


def test_the_pages_show_who_sent_photos_first_what_is_near_to_these(web: Web) -> None:
    (requester, _), (fellow, _), (sender, token) = (web.person() for _ in range(3))
    with web.database.transaction() as cursor:
        root = factories.label(cursor)
        far = factories.label(cursor, is_a=[factories.label(cursor, is_a=[root])])
        sent = factories.label(cursor, is_a=[root])
        near = factories.label(cursor, is_a=[sent])
        factories.photo(cursor, sent, owner=sender)
        until = datetime.now(UTC) + timedelta(days=1)
        asked = {
            mid: demands.ask(cursor, requester.id, DemandSpec(mid, 5, "For a test.", until))
            for mid in (far.mid, near.mid)
        }
        demands.join(cursor, asked[near.mid], requester.id, False)
        for account in (requester, fellow):
            demands.join(cursor, asked[far.mid], account.id, False)
    links = [f"/demands/{asked[mid]}" for mid in (near.mid, far.mid)]
    for_all = web.get("/demands").text
    assert for_all.index(links[1]) < for_all.index(links[0])
    viewer = SignedIn(web, token)
    for_sender = viewer.get("/demands").text
    assert for_sender.index(links[0]) < for_sender.index(links[1])
    assert links[0] in viewer.get("/").text


def test_an_imported_photo_names_its_author_licence_and_source(web: Web) -> None:
    with web.database.transaction() as cursor:
        made = factories.verified_photo(cursor, store=web.store)
        plain = factories.verified_photo(cursor, store=web.store)
        factories.publish_label_sets(cursor)
        origin = PhotoOrigin(
            *(
                made.upload_id,
                "CC-BY-SA-2.0",
                "CC BY-SA 2.0",
                "Ada <b>",
                "A mug",
                "https://x.example/1",
            )
        )
        photo_origins.keep(cursor, [origin])
    page = web.get(f"/images/{made.image_id}").text
    assert "Imported: “A mug” by Ada &lt;b&gt; (<a" in page
    assert 'href="https://x.example/1" rel="external nofollow"' in page
    assert "CC-BY-SA-2.0" in page
    told = web.get(f"/api/v1/images/{made.image_id}").json()["origin"]
    assert (told["licence"], told["author"]) == ("CC-BY-SA-2.0", "Ada <b>")
    assert web.get(f"/api/v1/images/{plain.image_id}").json()["origin"] is None


def test_the_source_of_an_imported_photo_is_no_script(web: Web) -> None:
    with web.database.transaction() as cursor:
        made = factories.verified_photo(cursor, store=web.store)
        factories.publish_label_sets(cursor)
        origin = PhotoOrigin(made.upload_id, "CC0-1.0", "", "", "", "javascript:alert(1)")
        photo_origins.keep(cursor, [origin])
    assert "javascript:" not in web.get(f"/images/{made.image_id}").text
