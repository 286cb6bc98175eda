"""The web app at /app: its shell, and its requests with a session's cookie."""

from __future__ import annotations

import re
import uuid
from io import BytesIO

import pytest
from PIL import Image

from tests import factories, photos
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.phone import make_icons, shell


@pytest.fixture
def signed_in(web: Web) -> SignedIn:
    return SignedIn(web, web.person()[1])


def test_all_that_the_worker_keeps_is_there_and_asks_nothing_of_who_opens_it(web: Web) -> None:
    worker = web.get("/app/service-worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/app"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    addresses = re.findall(r'"(/(?:app|static)[^"]*)"', worker.text)
    assert {"/app", "/app/manifest.webmanifest", "/static/app/main.js"} <= set(addresses)
    for address in addresses:
        answer = web.get(address)
        assert answer.status_code == 200, address
        assert "Set-Cookie" not in answer.headers, address


def test_scripts_of_the_app_weigh_little_and_none_is_inline(web: Web) -> None:
    scripts = (shell.STATIC / "app").glob("*.js")
    assert sum(len(file.read_bytes()) for file in scripts) < 100_000
    page = web.get("/app")
    assert page.headers["Content-Security-Policy"] == shell.POLICY
    assert not re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=", page.text)


def test_the_version_follows_every_byte_of_the_shell() -> None:
    kept = {"/app": b"page", "/static/app/main.js": b"code"}
    first = shell.shell_of(kept).version
    assert shell.shell_of(dict(kept)).version == first
    for address in kept:
        assert shell.shell_of({**kept, address: b"x"}).version != first
    assert shell.shell_of({**kept, "/static/more.css": b""}).version != first


def test_the_manifest_has_what_browsers_ask_for_before_they_install(web: Web) -> None:
    manifest = web.get("/app/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["display"]) == ("/app", "standalone")
    assert manifest["name"]
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        drawn = Image.open(BytesIO(web.get(icon["src"]).content))
        assert (drawn.format, f"{drawn.width}x{drawn.height}") == ("PNG", icon["sizes"])


@pytest.mark.parametrize("purpose", make_icons.MARGIN)
def test_an_icon_that_is_masked_or_rounded_has_no_hole(purpose: str) -> None:
    corner = make_icons.draw(64, purpose).getpixel((0, 0))
    assert corner[3] == (0 if purpose == "any" else 255)


def test_the_app_hears_who_is_signed_in_and_a_visitor_in_json_that_nobody_is(
    web: Web, signed_in: SignedIn
) -> None:
    me = signed_in.get("/app/me")
    assert me.json()["csrf_token"] == signed_in.csrf_token
    assert me.headers["Cache-Control"] == "no-store"
    visitor = web.get("/app/me")
    assert (visitor.status_code, visitor.json()["code"]) == (401, "unauthorised")


def test_a_token_is_no_session_of_the_app(web: Web) -> None:
    assert web.get("/app/uploads", web.person()[1]).status_code == 401


def test_a_photo_is_sent_once_with_the_sessions_word_and_found_in_ones_uploads(
    web: Web, signed_in: SignedIn
) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
    key = str(uuid.uuid4())
    place = {"latitude": "52.5", "longitude": "13.4"}

    def send(**headers: str) -> int:
        answer = signed_in.session.post(
            f"{web.url}/app/uploads",
            params={"label": label.mid, **place},
            data=photos.jpeg(9),
            headers={"Idempotency-Key": key, "Content-Type": "image/jpeg", **headers},
            timeout=30,
        )
        return answer.status_code

    assert send() == 403
    word = {"X-CSRF-Token": signed_in.csrf_token}
    assert [send(**word), send(**word)] == [202, 202]
    assert [upload["id"] for upload in signed_in.get("/app/uploads").json()["uploads"]] == [key]


def test_who_has_not_accepted_the_terms_does_so_in_the_app(web: Web) -> None:
    person, token = web.person()
    with web.database.transaction() as cursor:
        cursor.execute("delete from consents where account_id = %s", (str(person.id),))
    signed_in = SignedIn(web, token)
    me = signed_in.get("/app/me").json()
    assert me["consented_at"] is None

    def accept(version: int) -> tuple[int, object]:
        answer = signed_in.session.post(
            f"{web.url}/app/consent",
            json={"terms_version": version},
            headers={"X-CSRF-Token": signed_in.csrf_token},
            timeout=30,
        )
        return answer.status_code, answer.json().get("consented_at")

    assert accept(me["terms_version"] + 1)[0] == 409
    status, at = accept(me["terms_version"])
    assert status == 200
    assert at
    assert signed_in.get("/app/me").json()["consented_at"] == at
