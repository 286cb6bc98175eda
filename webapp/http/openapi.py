"""Write the declared routes as an OpenAPI 3.1 document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from imagehub import __version__
from imagehub.vocabulary import MAX_PHOTO_BYTES
from webapp.http import access
from webapp.http.access import Route
from webapp.http.endpoints import JSON, Endpoint

Document = dict[str, Any]
Mode = Literal["validation", "serialization"]

PROBLEM_JSON = "application/problem+json"
FORM = "multipart/form-data"
PATH_PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
INTRODUCTION = f"""Photos go in, checked image sets come out. What writes needs a token:
`Authorization: Bearer dih_…`. A photo has at most {MAX_PHOTO_BYTES // 2**20} MiB."""


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is for programs and stays, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str = Field(description="What was wrong, with which thing, and what to do.")


def document(endpoints: Mapping[str, Iterable[Endpoint]]) -> Document:
    """Describe endpoints by the prefix of their paths."""
    declared = [(prefix, endpoint) for prefix, some in endpoints.items() for endpoint in some]
    names, schemas = _schemas([endpoint for _, endpoint in declared])
    paths: Document = {}
    for prefix, endpoint in declared:
        path = PATH_PARAMETER.sub(r"{\1}", prefix + endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(
            endpoint, access.table().route(endpoint.method, prefix + endpoint.path), names
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Deep Images Hub", "version": __version__, "description": INTRODUCTION},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(
    endpoints: Iterable[Endpoint],
) -> tuple[dict[tuple[type[BaseModel], Mode], Document], Document]:
    models: dict[tuple[type[BaseModel], Mode], None] = {(Problem, "serialization"): None}
    for endpoint in endpoints:
        if endpoint.body:
            models[endpoint.body, "validation"] = None
        if endpoint.answer:
            models[endpoint.answer, "serialization"] = None
    names, rest = models_json_schema(
        list(models), ref_template="#/components/schemas/{model}", title=None
    )
    return {(model, mode): names[model, mode] for model, mode in models}, rest["$defs"]


def _operation(
    endpoint: Endpoint, route: Route, names: Mapping[tuple[type[BaseModel], Mode], Document]
) -> Document:
    summary, _, description = (inspect.getdoc(endpoint.function) or "").partition("\n")
    operation: Document = {
        "operationId": endpoint.name,
        "summary": summary,
        "tags": [endpoint.subject],
        "parameters": [
            *_path_parameters(endpoint),
            *_query_parameters(endpoint),
            *_headers(endpoint),
        ],
        "responses": {
            str(endpoint.status): _success(endpoint, names),
            **_problems(endpoint, route, names),
        },
    }
    if description.strip():
        operation["description"] = description.strip()
    if route.asks_who:
        operation["security"] = [{"token": []}] if route.needs_account else [{}, {"token": []}]
    body = _request_body(endpoint, names)
    if body:
        operation["requestBody"] = body
    return operation


def _path_parameters(endpoint: Endpoint) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PATH_PARAMETER.findall(endpoint.path)
    ]


def _query_parameters(endpoint: Endpoint) -> list[Document]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": {key: value for key, value in field.items() if key != "title"},
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _headers(endpoint: Endpoint) -> list[Document]:
    return [
        {
            "name": name,
            "in": "header",
            "required": not text.startswith("Optional"),
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in endpoint.request_headers.items()
    ]


def _request_body(
    endpoint: Endpoint, names: Mapping[tuple[type[BaseModel], Mode], Document]
) -> Document | None:
    if endpoint.body:
        return {"required": True, "content": {JSON: {"schema": names[endpoint.body, "validation"]}}}
    if endpoint.request_media_types == (JSON,):
        return None
    return {
        "required": True,
        "content": {kind: _bytes_content(endpoint, kind) for kind in endpoint.request_media_types},
    }


def _bytes_content(endpoint: Endpoint, media_type: str) -> Document:
    if media_type != FORM:
        return {}
    fields = endpoint.query.model_json_schema().get("properties", {}) if endpoint.query else {}
    image = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"schema": {"type": "object", "required": ["image"], "properties": {
        "image": image, **fields
    }}}  # fmt: skip


def _success(
    endpoint: Endpoint, names: Mapping[tuple[type[BaseModel], Mode], Document]
) -> Document:
    schema = {"schema": names[endpoint.answer, "serialization"]} if endpoint.answer else {}
    return {
        "description": HTTPStatus(endpoint.status).phrase,
        "content": dict.fromkeys(endpoint.media_types, schema),
    }


def _problems(
    endpoint: Endpoint, route: Route, names: Mapping[tuple[type[BaseModel], Mode], Document]
) -> Document:
    statuses = {*endpoint.problems, 503}
    statuses |= {422} if endpoint.query or endpoint.body else set()
    statuses |= {401} if route.asks_who else set()
    statuses |= {403} if route.needs_account else set()
    content = {PROBLEM_JSON: {"schema": names[Problem, "serialization"]}}
    return {
        str(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted(statuses)
    }
