"""The campaigns of odd requests and of mutated photos: small runs, and what they must not miss."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from imagehub.sandbox.pool import Sandbox
from tests.benchmarks.toy_figures import require_written
from tests.fuzz import web_answers, wire_cases
from tests.fuzz.__main__ import main
from tests.fuzz.photo_mutants import mutant
from tests.fuzz.photo_parts import put_together, take_apart
from tests.fuzz.photo_seeds import photos
from tests.fuzz.web_answers import WebAnswers, curl
from tests.scripted_server import Reply, Request, scripted_server


@pytest.fixture(autouse=True)
def _figures_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_portal_answers_odd_requests_and_none_with_an_error_of_its_own() -> None:
    small = ["api", "--cases", "60", "--each", "1", "--no-coverage"]
    result = CliRunner().invoke(main, small)
    assert result.exit_code == 0, result.output
    assert re.search(r"60 cases: 2xx [1-9]", result.output)
    figures = ("cases", "5xx", "hangs", "broken_connections", "seconds")
    require_written("hold", [f"fuzz_{figure}" for figure in figures])


def test_odd_bytes_on_the_wire_are_answered_and_not_with_an_error_of_the_hub() -> None:
    result = CliRunner().invoke(main, ["wire", "--cases", "80"])
    assert result.exit_code == 0, result.output
    assert re.search(r"[1-9]\d* 400", result.output)
    assert re.search(r"[1-9]\d* 200", result.output)
    require_written("hold", ["fuzz_wire_cases", "fuzz_wire_5xx"])


def test_an_answer_on_the_wire_is_read_behind_what_goes_before_it() -> None:
    def script(request: Request) -> Reply:
        return Reply(500)

    with scripted_server(script) as server:
        asked = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n"
        assert wire_cases.send(server.url, asked + b"Connection: close\r\n\r\n", 5) == 500
        with pytest.raises(TimeoutError):
            wire_cases.send(server.url, b"GET / HTTP/1.1\r\n", 0.2)


def test_every_mutated_photo_lands_or_is_refused_by_name() -> None:
    result = CliRunner().invoke(main, ["photos", "--cases", "80"])
    assert result.exit_code == 0, result.output
    assert re.search(r"[1-9]\d* landed", result.output.splitlines()[-1])
    assert re.search(r"[1-9]\d* undecodable", result.output.splitlines()[-1])
    require_written("hold", ["mutated_photos", "mutants_broken"])


def test_what_the_decoder_must_not_do_ends_the_campaign_with_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Sandbox, "land", lambda *_: {}["width"])
    result = CliRunner().invoke(main, ["photos", "--cases", "1", "--first", "7"])
    assert result.exit_code == 1
    assert "BROKEN mutant 7: KeyError: 'width'" in result.output


def test_a_mutant_is_the_same_again_and_another_for_another_number() -> None:
    assert [mutant(3, number) for number in range(50)] == [mutant(3, n) for n in range(50)]
    assert len({mutant(3, number) for number in range(50)}) > 45


def test_a_photo_that_is_taken_apart_is_put_together_as_it_was() -> None:
    whole = [photo for photo in photos() if take_apart(photo)]
    assert len(whole) > 20
    assert [photo for photo in whole if put_together(take_apart(photo), photo) != photo] == []


def test_errors_hangs_and_broken_connections_are_told_with_a_command_that_repeats_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_answers, "PATIENCE_SECONDS", 0.2)
    replies = {
        "/error": Reply(503),
        "/hang": Reply(200, headers={"Content-Length": "5"}),
        "/break": Reply(200, b"whole", cut=2),
        "/good": Reply(204),
    }

    def script(request: Request) -> Reply:
        return replies[request.path]

    answers = WebAnswers()
    with scripted_server(script) as server:
        for path in replies:
            request = requests.Request("POST", server.url + path, data=b"a'b\n\xff").prepare()
            answers.ask(path, request)
    assert (answers.errors, answers.hangs, answers.breaks, answers.cases) == (1, 1, 1, 4)
    assert [what.split(":")[0] for what in answers.broken] == ["/error", "/hang", "/break"]
    assert answers.broken[0].endswith(f"{server.url}/error --data-binary $'a\\'b\\n\\xff'")
    assert answers.never_served() == ["/break", "/error", "/hang"]


def test_a_command_names_the_method_the_headers_and_the_address() -> None:
    request = requests.Request("PUT", "http://hub/x?y=%00", headers={"X-Odd": "a b"}).prepare()
    assert curl(request) == "curl -i -X PUT -H 'X-Odd: a b' 'http://hub/x?y=%00'"
