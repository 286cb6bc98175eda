"""`imagehub upload` and `labels` with names that are no UTF-8, and with leftovers and releases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories, photos
from tests.web_server import Web

CAFE = b"caf\xe9"


def imagehub(web: Web, *arguments: str | bytes | Path) -> subprocess.CompletedProcess[str]:
    """The command as a process: its arguments are bytes, as on a real command line."""
    environment = web.settings.for_child() | {
        "IMAGEHUB_SERVER": web.url,
        "IMAGEHUB_TOKEN": web.person()[1],
        "PYTHONIOENCODING": "utf-8",
    }
    program = [sys.executable, "-c", "from imagehub.cli import main; main()"]
    return subprocess.run(
        [os.fsencode(argument) for argument in (*program, *arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def draw(file: Path, seed: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(photos.jpeg(seed, 96, 80))


def test_a_folder_whose_name_is_no_text_is_refused_and_all_others_are_sent(
    web: Web, tmp_path: Path
) -> None:
    draw(tmp_path / "Dog/1.jpg", 1)
    draw(tmp_path / os.fsdecode(CAFE) / "1.jpg", 2)
    draw(tmp_path / "Cat" / os.fsdecode(b"\xff.jpg"), 3)
    shown = imagehub(web, "upload", tmp_path, "--json")
    told = json.loads(shown.stdout)
    assert (shown.returncode, told["accepted"], told["refused"]) == (1, 2, 1), shown.stderr
    assert [(refusal["file"], refusal["code"]) for refusal in told["refusals"]] == [
        (r"caf\xe9/1.jpg", "unreadable")
    ]
    again = imagehub(web, "upload", tmp_path)
    assert again.returncode == 1
    assert r"caf\xe9/1.jpg" in again.stdout
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["labels", "search", CAFE],
        ["labels", "show", CAFE],
        ["labels", "show", b"/m/" + CAFE],
        ["subset", "create", "pets", "--label", CAFE],
        ["subset", "show", CAFE],
        ["release", "show", CAFE],
        ["download", CAFE, "nowhere"],
        ["upload", ".", "--label", CAFE],
        ["upload", "nowhere-" + os.fsdecode(CAFE)],
        [CAFE],
    ],
    ids=str,
)
def test_a_word_that_is_no_text_is_one_sentence(
    web: Web, arguments: list[str | bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "1.jpg", 1)
    monkeypatch.chdir(tmp_path)
    shown = imagehub(web, *arguments)
    assert shown.returncode == 2, shown.stdout
    assert "Traceback" not in shown.stderr
    assert "caf" in shown.stderr


def test_leftovers_are_named_and_are_no_failure(web: Web, tmp_path: Path) -> None:
    draw(tmp_path / "Dog/IMG_1.jpg", 11)
    draw(tmp_path / "Dog/@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_XL.jpg", 12)
    for name in ("Dog/IMG_1.AAE", "Dog/IMG_1.MOV", "Dog/Thumbs.db", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"left behind")
    shown = imagehub(web, "upload", tmp_path)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "1 accepted" in shown.stdout
    assert "2 left out" in shown.stdout
    assert "Dog/IMG_1.AAE" in shown.stdout
    assert "SYNOPHOTO" not in shown.stdout


def test_a_dead_link_is_named_as_unreadable(web: Web, tmp_path: Path) -> None:
    draw(tmp_path / "Dog/1.jpg", 21)
    (tmp_path / "Dog/annexed.jpg").symlink_to(".git/annex/objects/none")
    shown = imagehub(web, "upload", tmp_path)
    assert shown.returncode == 1
    assert "Dog/annexed.jpg" in shown.stdout.partition("unreadable: ")[2]


def test_the_folders_of_a_release_are_sent_by_the_mid_in_their_names(
    web: Web, tmp_path: Path
) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor, "Crème brûlée", mid="/m/0crme")
    draw(tmp_path / "dog-0bt9lr/1.jpg", 31)
    draw(tmp_path / "creme-brulee-0crme/1.jpg", 32)
    draw(tmp_path / "pack-0bt9lr/1.jpg", 33)
    shown = imagehub(web, "upload", tmp_path, "--json")
    told = json.loads(shown.stdout)
    assert told["accepted"] == 2, shown.stdout
    assert [refusal["file"] for refusal in told["refusals"]] == ["pack-0bt9lr/1.jpg"]
    with web.database.transaction() as cursor:
        cursor.execute(
            "select count(*) as n from acceptances where claimed_label = %s", (label.mid,)
        )
        assert cursor.fetchone().n == 1


def test_a_label_is_found_by_its_name_without_accents(web: Web) -> None:
    with web.database.transaction() as cursor:
        pinata = factories.label(cursor, "Piñata")
        factories.label(cursor, "Papá")
        papa = factories.label(cursor, "Papa")
    shown = imagehub(web, "labels", "show", "pinata")
    assert f"Piñata ({pinata.mid})" in shown.stdout, shown.stderr
    assert "Piñata" in imagehub(web, "labels", "search", "pinata").stdout
    made = imagehub(web, "subset", "create", "parties", "--label", "pinata", "--label", "papa")
    assert pinata.mid in made.stdout, made.stderr
    assert papa.mid in made.stdout


def test_a_time_that_cannot_be_is_told_in_the_summary_and_the_photo_is_sent(
    web: Web, tmp_path: Path
) -> None:
    draw(tmp_path / "1.jpg", 41)
    (tmp_path / "list.csv").write_text("file,label,taken_at\n1.jpg,Dog,2099-01-01T00:00:00Z\n")
    shown = imagehub(web, "upload", tmp_path / "list.csv")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "1 accepted" in shown.stdout
    assert "1.jpg" in shown.stdout.partition("The time is left out")[2]


@pytest.mark.parametrize("name", ["ana\u202e", "a\u200bna"])
def test_an_account_is_not_made_by_a_name_with_characters_that_nobody_sees(
    web: Web, name: str
) -> None:
    for command in (["token", "create"], ["account", "link"]):
        shown = imagehub(web, *command, name, "--role", "contributor")
        assert (shown.returncode, "which nobody sees" in shown.stderr) == (2, True), shown.stderr
