"""Lists that are longer than a page: every thing stands in them once, and they end."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import demands
from imagehub.catalogue.demands.demands import DemandSpec
from imagehub.catalogue.images import image_lists
from imagehub.catalogue.uploads import withdrawals
from imagehub.catalogue.web_login import ROLE
from imagehub.vocabulary import Role
from tests import factories
from tests.factories import training as making
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.http.cursors import encode
from webapp.images import service as images
from webapp.images.service import PageCursor


def walked(browser: Web | SignedIn, path: str, link: re.Pattern[str]) -> list[str]:
    """What a list links to, over all its pages."""
    found: list[str] = []
    for _ in range(40):
        text = browser.get(path).text
        found += link.findall(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            return found
        path = html.unescape(following[1])
    raise AssertionError("the list has no end")


def test_every_subset_stands_once_in_the_list_however_old_it_is(web: Web) -> None:
    with web.database.transaction() as cursor:
        label, owner = factories.label(cursor), factories.account(cursor)
        made = [factories.subset(cursor, [label], owner=owner) for _ in range(120)]
        cursor.execute(  # some at the same moment, so that the name decides
            "update subsets set created_at = '2020-01-01'::timestamptz where name = any(%s)",
            (made[:70],),
        )
    found = walked(web, "/subsets", re.compile(r'<li><a href="/subsets/([^"]+)">'))
    assert len(found) == len(set(found))
    assert set(made) <= set(found)
    assert found[-70:] == sorted(made[:70], reverse=True)
    assert web.get("/subsets?after=nonsense").status_code == 422


def test_every_open_demand_stands_once_in_the_list_on_the_pages_and_over_the_api(web: Web) -> None:
    with web.database.transaction() as cursor:
        label, until = factories.label(cursor), datetime.now(UTC) + timedelta(days=1)
        account = factories.account(cursor)
        made = {
            str(demands.ask(cursor, account.id, DemandSpec(label.mid, 5, f"Wish {number}.", until)))
            for number in range(120)
        }
    found = walked(web, "/demands", re.compile(r'mission-head"><a href="/demands/([0-9a-f-]{36})'))
    assert made <= set(found)
    assert {found.count(item) for item in made} == {1}
    told, after = [], ""
    for _ in range(9):
        page = web.get(f"/api/v1/demands?limit=40{after}").json()
        told += [demand["id"] for demand in page["demands"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert made <= set(told)
    assert len(told) == len(set(told))
    assert web.get("/demands?after=nonsense").status_code == 422
    assert web.get(f"/demands?after={encode([10**14])}").status_code == 200


def test_every_training_run_stands_once_in_the_list_on_the_pages_and_over_the_api(web: Web) -> None:
    account, token = web.person(Role.PREMIUM)
    with web.database.transaction() as cursor:
        release, _ = making.trainable_release(cursor)
        made = {making.training_request(cursor, account, release) for _ in range(60)}
    browser = SignedIn(web, token)
    shown = walked(browser, "/training-runs", re.compile(r'<li><a href="/training-runs/([^"]+)">'))
    assert (len(shown), set(shown)) == (60, made)
    told, after = [], ""
    for _ in range(3):
        page = web.get(f"/api/v1/training-runs?limit=25{after}", token).json()
        told += [run["id"] for run in page["training_runs"]]
        after = f"&after={page['next']}"
    assert (told, page["next"]) == (shown, None)
    for wrong in ("nonsense", encode(["2026-01-01T00:00:00", "no id"])):
        assert browser.get(f"/training-runs?after={wrong}").status_code in (404, 422)


def test_hidden_photos_shorten_no_page_and_end_no_list(
    catalogue_url: str, database: Database
) -> None:
    with database.transaction() as cursor:
        dog = factories.label(cursor)
        made = sorted(
            (factories.verified_photo(cursor, dog) for _ in range(9)),
            key=lambda photo: photo.image_id,
        )
        factories.publish_label_sets(cursor)
        ids = [photo.image_id for photo in made]
        factories.cluster(cursor, dog, 0, ids)
        for hidden in (made[1], made[4], made[7]):
            assert withdrawals.ask(cursor, hidden.account.id, [hidden.upload_id])
    seen = [ids[place] for place in (0, 2, 3, 5, 6, 8)]
    web = Database(catalogue_url, role=ROLE)
    for cluster in (None, 0):
        first = images.of_label(web, dog.mid, PageCursor(), 3, cluster)
        second = images.of_label(web, dog.mid, PageCursor(after=first.after), 3, cluster)
        back = images.of_label(web, dog.mid, PageCursor(before=second.before), 3, cluster)
        assert [tile.image_id for tile in first.items + second.items] == seen
        assert (back, second.after) == (first, None)
    with web.transaction() as cursor:
        assert len(image_lists.newest(cursor, 6)) == 6
        (front,) = image_lists.cluster_fronts(cursor, [dog.mid], 1, 4)[dog.mid]
    assert [tile.image_id for tile in front.tiles] == seen[:4]
    web.close()
