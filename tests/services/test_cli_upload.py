"""`imagehub upload` and `imagehub token` against the real web server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from imagehub.cli import main
from imagehub.commands.upload import JOURNAL
from imagehub.settings import Settings
from imagehub.vocabulary import Account, Role
from tests import factories, photos
from tests.web_server import Web, running_web


@pytest.fixture
def person(web: Web) -> tuple[Account, str]:
    return web.person()


def imagehub(web: Web, *arguments: str | Path, token: str = "", **options: Any) -> Result:
    environment = {**web.settings.to_environment(), "IMAGEHUB_SERVER": web.url}
    return CliRunner(env={**environment, "IMAGEHUB_TOKEN": token}).invoke(
        main, [str(argument) for argument in arguments], **options
    )


def accepted_by(web: Web, account: Account) -> int:
    with web.database.transaction() as cursor:
        cursor.execute(
            "select count(*) as n from acceptances where account_id = %s", (str(account.id),)
        )
        return int(cursor.fetchone().n)


def draw(folder: Path, count: int, first: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        (folder / f"{number:03}.jpg").write_bytes(photos.jpeg(number, 96, 80))


def test_a_second_run_sends_only_what_is_missing(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    account, token = person
    draw(tmp_path, 3)
    first = imagehub(web, "upload", tmp_path, "--label", "Dog", "--json", token=token)
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["accepted"] == 3
    draw(tmp_path, 2, first=3)
    second = imagehub(web, "upload", tmp_path, "--label", "Dog", "--json", token=token)
    told = json.loads(second.stdout)
    assert (told["accepted"], told["accepted before"]) == (2, 3)
    assert accepted_by(web, account) == 5


def test_refusals_are_summed_up_by_reason_with_the_files_names(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    draw(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("no photo")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "small.png").write_bytes(photos.png(1, 20, 20))
    (tmp_path / "video.mp4").write_bytes(b"\0" * (16 * 1024 * 1024 + 1))
    shown = imagehub(web, "upload", tmp_path, "--label", "Dog", token=person[1])
    assert shown.exit_code == 1
    assert "1 accepted" in shown.stdout
    assert "4 refused" in shown.stdout
    for code, name in [
        ("unsupported_type", "notes.txt"),
        ("empty_file", "empty.jpg"),
        ("too_small", "small.png"),
        ("too_large", "video.mp4"),
    ]:
        assert f"  {name}\n" in shown.stdout.partition(f"\n{code}: ")[2]


def test_an_unknown_label_is_a_refusal_that_names_it(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    draw(tmp_path / "Unheard of", 1)
    draw(tmp_path / "Cat", 1, first=1)
    shown = imagehub(web, "upload", tmp_path, "--json", token=person[1])
    told = json.loads(shown.stdout)
    assert shown.exit_code == 1
    assert told["accepted"] == 1
    assert [(refusal["file"], refusal["code"]) for refusal in told["refusals"]] == [
        ("Unheard of/000.jpg", "label_invalid")
    ]


def test_what_was_refused_is_offered_again_by_the_next_run(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    draw(tmp_path / "Soon a label", 2)
    assert imagehub(web, "upload", tmp_path, token=person[1]).exit_code == 1
    with web.database.transaction() as cursor:
        factories.label(cursor, "Soon a label")
    again = imagehub(web, "upload", tmp_path, "--json", token=person[1])
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["accepted"] == 2


def test_a_csv_sends_each_line_with_its_own_claim(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    account, token = person
    draw(tmp_path, 2)
    (tmp_path / "list.csv").write_text(
        "file,label,taken_at,latitude,longitude,upload\n"
        "000.jpg,Dog,2026-05-01T00:01:01+00:00,-23.5817,-46.6811,u1\n"
        "000.jpg,Dog,2026-05-01T00:01:01+00:00,-23.5817,-46.6811,u1\n"
        "000.jpg,Dog,2026-05-01T00:01:01+00:00,-23.5817,-46.6811,u2\n"
        "001.jpg,Cat,,,,\n"
        "gone.jpg,Cat,,,,\n"
    )
    shown = imagehub(web, "upload", tmp_path / "list.csv", "--json", token=token)
    told = json.loads(shown.stdout)
    assert (told["accepted"], told["same as another"], told["refused"]) == (3, 1, 1)
    assert told["refusals"][0]["code"] == "unreadable"
    assert accepted_by(web, account) == 3


def test_a_killed_upload_goes_on_where_it_stopped_and_counts_each_photo_once(
    web: Web, person: tuple[Account, str], tmp_path: Path
) -> None:
    account, token = person
    draw(tmp_path, 120)
    arguments = ["upload", str(tmp_path), "--label", "Dog", "--server", web.url, "--token", token]
    process = subprocess.Popen(
        [sys.executable, "-c", "from imagehub.cli import main; main()", *arguments]
    )
    deadline = time.monotonic() + 30
    while accepted_by(web, account) < 10 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    before = accepted_by(web, account)
    assert 10 <= before < 120
    lines = [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]
    ids = {line["upload"] for line in lines if "upload" in line}
    shown = imagehub(web, *arguments, "--json")
    told = json.loads(shown.stdout)
    assert shown.exit_code == 0, shown.output
    assert told["accepted"] + told["accepted before"] == 120
    assert accepted_by(web, account) == 120
    with web.database.transaction() as cursor:
        cursor.execute(
            "select upload_id::text as id from acceptances where account_id = %s",
            (str(account.id),),
        )
        assert ids <= {row.id for row in cursor.fetchall()}, "the same ids were sent again"


@pytest.fixture
def landing_web(
    catalogue_url: str, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """A web server with a catalogue of its own and the real consumer behind it."""
    folder = tmp_path_factory.mktemp("landing")
    settings = Settings(data=folder, catalogue_url=catalogue_url, web_port=free_port())
    with running_web(settings, folder) as web:
        consumer = subprocess.Popen(
            [sys.executable, "-m", "ingestion"],
            env=settings.for_child(),
            stdout=subprocess.DEVNULL,
        )
        yield web
        consumer.terminate()
        consumer.wait(timeout=30)


def test_an_upload_that_waits_sums_up_what_ingestion_refuses_too(
    landing_web: Web, tmp_path: Path
) -> None:
    draw(tmp_path, 2)
    (tmp_path / "half.jpg").write_bytes(photos.jpeg(9, 96, 80)[:-400])
    arguments = ["upload", tmp_path, "--label", "Dog", "--wait", "--json"]
    shown = imagehub(landing_web, *arguments, token=landing_web.person()[1])
    told = json.loads(shown.stdout)
    assert shown.exit_code == 1, shown.output
    assert (told["accepted"], told["refused"]) == (2, 1)
    assert [(refusal["file"], refusal["code"]) for refusal in told["refusals"]] == [
        ("half.jpg", "truncated")
    ]


def test_a_hub_that_is_down_or_a_wrong_token_is_trouble_not_a_refusal(
    web: Web, tmp_path: Path
) -> None:
    draw(tmp_path, 2)
    wrong = imagehub(web, "upload", tmp_path, "--label", "Dog", token="dih_wrong")
    assert wrong.exit_code == 2
    assert "token is not valid" in wrong.stderr
    down = imagehub(web, "upload", tmp_path, "--label", "Dog", "--server", "http://127.0.0.1:1")
    assert down.exit_code == 2
    assert "cannot be reached" in down.stderr


def test_a_folder_without_photos_is_said_to_be_empty(web: Web, tmp_path: Path) -> None:
    shown = imagehub(web, "upload", tmp_path, "--label", "Dog")
    assert shown.exit_code == 2
    assert "There is no photo" in shown.stderr


def test_a_token_is_printed_once_kept_as_a_digest_and_can_be_revoked(
    web: Web, tmp_path: Path
) -> None:
    made = imagehub(web, "token", "create", "ana", "--role", "contributor", "--role", "reviewer")
    token = made.stdout.strip()
    assert token.startswith("dih_")
    assert len(token) == 47
    draw(tmp_path, 1)
    assert imagehub(web, "upload", tmp_path, "--label", "Dog", token=token).exit_code == 0
    with web.database.transaction() as cursor:
        cursor.execute("select accounts::text || tokens::text as text from accounts, tokens")
        assert all(token[4:] not in row.text for row in cursor.fetchall())
    revoked = imagehub(web, "token", "revoke", input=token + "\n")
    assert revoked.exit_code == 0, revoked.output
    again = imagehub(web, "token", "revoke", input=token + "\n")
    assert again.exit_code == 2
    draw(tmp_path, 1, first=1)
    assert imagehub(web, "upload", tmp_path, "--label", "Dog", token=token).exit_code == 2


def test_labels_are_found_and_shown_by_name_or_mid(web: Web) -> None:
    found = imagehub(web, "labels", "search", "dog", "--json")
    assert json.loads(found.stdout)[0]["mid"] == "/m/0bt9lr"
    for name in ("/m/0bt9lr", "dog"):
        shown = imagehub(web, "labels", "show", name)
        assert "Dog (/m/0bt9lr)" in shown.stdout, shown.output
        assert "Carnivore (/m/01lrl)" in shown.stdout
    missing = imagehub(web, "labels", "show", "Unheard of")
    assert missing.exit_code == 2
    assert "No label is named" in missing.stderr


def test_status_counts_what_the_hub_holds(web: Web) -> None:
    shown = imagehub(web, "status", "--json")
    assert json.loads(shown.stdout)["accepted"] >= 0
    assert "waiting to land" in imagehub(web, "status").stdout


def test_labels_are_imported_from_the_carried_file(web: Web) -> None:
    shown = imagehub(web, "labels", "import", "--boxable", "--json")
    assert json.loads(shown.stdout) == {
        "labels": 602, "is_a": 647, "part_of": 38,
        "added": 0, "renamed": 0, "edges_added": 0, "edges_removed": 0,
    }  # fmt: skip


def test_a_broken_label_file_is_one_sentence(web: Web, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("/m/aa,Animal\n/m/bb\n")
    (tmp_path / "h.json").write_text('{"LabelName": "/m/aa"}')
    shown = imagehub(
        web, "labels", "import", "--classes", tmp_path / "c.csv", "--hierarchy", tmp_path / "h.json"
    )
    assert shown.exit_code == 2
    assert "c.csv, line 2: has 1 columns" in shown.stderr


def test_a_subset_is_created_and_shown(web: Web) -> None:
    _, token = web.person(Role.ADMIN)
    made = imagehub(
        web, "subset", "create", "pets", "--label", "Dog", "--label", "/m/01yrx", "--cap", "5",
        "--split", "train=0.5", "--split", "test=0.5", "--json", token=token,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "/m/0bt9lr" in made.stdout
    shown = imagehub(web, "subset", "show", "pets", token=token)
    assert shown.exit_code == 0, shown.output
    assert "pets" in shown.stdout
