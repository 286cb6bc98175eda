"""Models from the outside: figures, files, withdrawn photos, and what one says of a photo."""

from __future__ import annotations

import hashlib
import json

import pytest

from imagehub.vocabulary import Account, Role
from tests import factories
from tests.factories import training as making
from tests.signed_in import SignedIn
from tests.web_server import Web


@pytest.fixture
def premium(web: Web) -> tuple[Account, str]:
    return web.person(Role.PREMIUM)


def test_a_models_page_tells_its_figures_and_its_files_come_whole(
    web: Web, premium: tuple[Account, str]
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        shown = factories.verified_photo(cursor, store=web.store)
        hidden = factories.photo(cursor)
        factories.publish_label_sets(cursor)
        model = making.model(cursor, web.store, account, [shown.image_id, hidden.image_id])
    told = web.get(f"/api/v1/models/{model}", token).json()
    assert told["accuracy"] == pytest.approx(16 / 18)
    card = {part["title"]: part["text"] for part in told["card"]}
    assert list(card)[:2] == ["What it is", "Data"]
    assert "The photos are under CC-BY-4.0" in card["Licence and credits"]
    assert "tiny (one matrix, made in code), whose licence is" in card["Licence and credits"]
    browser = SignedIn(web, token)
    page = browser.get(f"/models/{model}").text
    assert f"/images/{shown.image_id}/thumb.jpg" in page
    assert hidden.image_id not in page
    assert "88.9 %" in page
    for file in told["files"]:
        data = web.get(f"/api/v1/models/{model}/files/{file['name']}", token).content
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert file["sha256"] in page
        assert browser.get(f"/models/{model}/files/{file['name']}").content == data
    part = web.get(
        f"/api/v1/models/{model}/files/labels.txt", token, headers={"Range": "bytes=0-3"}
    )
    assert (part.status_code, len(part.content)) == (206, 4)
    assert web.get(f"/api/v1/models/{model}/files/none.txt", token).status_code == 404


def test_a_model_is_marked_when_a_photo_that_it_was_trained_on_is_withdrawn(
    web: Web, premium: tuple[Account, str]
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        model = making.model(cursor, web.store, account)
    path = f"/api/v1/models/{model}"
    assert web.get(path, token).json()["withdrawn_photos"] == 0
    with web.database.transaction() as cursor:
        for number, (split, ago) in enumerate((("train", 0), ("test", 0), ("train", 9))):
            cursor.execute(
                "insert into release_withdrawals (release_id, image_id, path, file_sha256,"
                " kind, withdrawn_at) select release_id, %s, %s, %s, 'withdrawn',"
                " now() - make_interval(mins => %s) from training_runs where id = %s",
                (f"{number:016x}", f"{split}/x/{number}.jpg", bytes(32), ago, model),
            )
    assert web.get(path, token).json()["withdrawn_photos"] == 1
    page = SignedIn(web, token).get(f"/models/{model}").text
    assert "1 photo that it was trained on was withdrawn since." in page


def test_a_model_is_tried_on_a_photo_that_nobody_keeps(
    web: Web, premium: tuple[Account, str]
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        model = making.model(cursor, web.store, account)
    path = f"/api/v1/models/{model}/predictions"
    names = [label["name"] for label in web.get(f"/api/v1/models/{model}", token).json()["labels"]]
    keys = set(web.store.keys(""))
    for grey, expected in ((240, names[0]), (20, names[1])):
        said = web.post(path, token, data=making.plain_photo(grey)).json()
        assert said["predictions"][0]["name"] == expected
        assert said["predictions"][0]["probability"] > 0.9
        assert "OpenVINO" in said["runtime"]
    assert set(web.store.keys("")) == keys
    for body, status in ((b"", 400), (b"no photo", 415), (making.plain_photo(9)[:400], 422)):
        assert web.post(path, token, data=body).status_code == status
    browser = SignedIn(web, token)
    answer = browser.session.post(
        f"{web.url}/models/{model}/predictions",
        data=making.plain_photo(240),
        headers={"X-CSRF-Token": browser.csrf_token, "Content-Type": "image/jpeg"},
        timeout=30,
    )
    assert answer.status_code == 200
    assert names[0] in answer.text


def test_a_model_whose_file_was_changed_is_never_loaded(
    web: Web, premium: tuple[Account, str]
) -> None:
    account, token = premium
    changed = bytearray(making.TINY_MODEL)
    changed[-7] ^= 1
    with web.database.transaction() as cursor:
        model = making.model(cursor, web.store, account, small=bytes(changed))
        cursor.execute(
            "update models set files = jsonb_set(files, '{model_int8.tflite,sha256}', %s)"
            " where id = %s",
            (json.dumps("0" * 64), model),
        )
    answer = web.post(f"/api/v1/models/{model}/predictions", token, data=making.plain_photo(240))
    assert answer.status_code == 503
