"""The API describes itself wholly and truly."""

from __future__ import annotations

import re
from typing import Any

import pytest

from imagehub.settings import Settings
from tests.web_server import Web
from webapp.application import create_app
from webapp.http.openapi import PATH_PARAMETER


@pytest.fixture(scope="module")
def document(web: Web) -> dict[str, Any]:
    described: dict[str, Any] = web.get("/api/v1/openapi.json").json()
    return described


def test_every_route_is_described(document: dict[str, Any]) -> None:
    routes = {
        (PATH_PARAMETER.sub(r"{\1}", rule.rule), method.lower())
        for rule in create_app(Settings()).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") or rule.rule in ("/healthz", "/readyz")
    }
    described = {(path, method) for path, some in document["paths"].items() for method in some}
    assert described == routes


def test_every_reference_leads_somewhere_and_every_operation_says_what_it_does(
    document: dict[str, Any],
) -> None:
    for reference in re.findall(r"#/components/schemas/[^'\"]+", str(document)):
        assert reference.rpartition("/")[2] in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"].endswith("."), path
            named = {
                parameter["name"]
                for parameter in operation["parameters"]
                if parameter["in"] == "path"
            }
            assert named == set(re.findall(r"{([a-z_]+)}", path))


def test_models_have_one_name_each(document: dict[str, Any]) -> None:
    assert not [name for name in document["components"]["schemas"] if "__" in name]


def test_the_upload_says_what_it_needs(document: dict[str, Any]) -> None:
    upload = document["paths"]["/api/v1/uploads"]["post"]
    assert upload["security"] == [{"token": []}]
    required = {parameter["name"] for parameter in upload["parameters"] if parameter["required"]}
    assert required == {"Idempotency-Key"}
    assert {"202", "400", "401", "403", "409", "413", "415", "422", "503"} <= set(
        upload["responses"]
    )
    assert set(upload["requestBody"]["content"]) == {
        "image/jpeg", "image/png", "image/webp", "multipart/form-data",
    }  # fmt: skip


def test_what_really_comes_back_is_what_is_described(web: Web, document: dict[str, Any]) -> None:
    def described(path: str) -> set[str]:
        answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        name = answer["schema"]["$ref"].rpartition("/")[2]
        return set(document["components"]["schemas"][name]["properties"])

    for path in ("/api/v1/status", "/api/v1/releases", "/api/v1/labels", "/healthz", "/readyz"):
        answer = web.get(path)
        assert answer.status_code == 200, path
        assert set(answer.json()) == described(path)


def test_people_can_read_it_without_anything_from_elsewhere(
    web: Web, document: dict[str, Any]
) -> None:
    page = web.get("/docs").text
    for path in document["paths"]:
        assert path in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
