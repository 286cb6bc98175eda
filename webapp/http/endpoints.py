"""How a route of the API is declared: its Python signature is its contract.

    endpoints = Endpoints("subsets")

    @endpoints.get("/subsets/<name>")
    def show(name: str) -> SubsetAnswer:
        '''Show a subset.'''

Parameters that the route's path names are text. `query` and `body` are models of the query and
of the JSON body, `account` is the asker (`Account`: a token is needed; `Account | None`: it is
optional). Who may ask is said by `webapp/access.toml`. The answer is the returned model as JSON,
or a Response made by hand. The description at /api/v1/openapi.json is made from the same
declarations.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args, get_type_hints

from flask import Blueprint, Response, request
from pydantic import BaseModel

from imagehub.errors import Refused
from webapp.http import auth, boundary
from webapp.http.strict_request import StrictRequest

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One declared route."""

    method: str
    path: str
    subject: str
    function: Callable[..., BaseModel | Response]
    status: int = 200
    answer: type[BaseModel] | None = None
    media_types: tuple[str, ...] = (JSON,)
    request_media_types: tuple[str, ...] = (JSON,)
    problems: tuple[int, ...] = ()
    request_headers: Mapping[str, str] = field(default_factory=dict)
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    reads_account: bool = False
    needs_account: bool = False

    @property
    def name(self) -> str:
        """A name that is unique in the API."""
        return f"{self.subject}_{self.function.__name__}"

    def view(self, **path: str) -> Response:
        """Answer the present request: read what was sent, call the function."""
        arguments: dict[str, Any] = dict(path)
        if self.needs_account:
            arguments["account"] = auth.account()
        elif self.reads_account:
            arguments["account"] = auth.account_if_any()
        if self.query:
            arguments["query"] = boundary.read_fields(
                cast(StrictRequest, request).args_as_sent, self.query
            )
        elif request.args:
            raise Refused("invalid", "This takes no query.")
        if self.body:
            arguments["body"] = boundary.read_json(_json_body(), self.body)
        answer = self.function(**arguments)
        return answer if isinstance(answer, Response) else reply(answer, self.status)


class Endpoints:
    """The routes of one subject, in the order of their declaration."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.declared: list[Endpoint] = []

    def get(self, path: str, **options: Any) -> Callable[[Any], Any]:
        """Declare a GET route below /api/v1; options are fields of Endpoint."""
        return self._declare("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[Any], Any]:
        """Declare a POST route below /api/v1; options are fields of Endpoint."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[Any], Any]:
        """Declare a PUT route below /api/v1; options are fields of Endpoint."""
        return self._declare("PUT", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[Any], Any]:
        """Declare a DELETE route below /api/v1; options are fields of Endpoint."""
        return self._declare("DELETE", path, options)

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes to a blueprint."""
        for endpoint in self.declared:
            blueprint.add_url_rule(
                endpoint.path,
                endpoint.name,
                endpoint.view,
                methods=[endpoint.method],
                provide_automatic_options=False,
            )

    def _declare(self, method: str, path: str, options: dict[str, Any]) -> Callable[[Any], Any]:
        def remember(function: Callable[..., BaseModel | Response]) -> Any:
            inferred = _contract(function)
            self.declared.append(
                Endpoint(
                    method=method,
                    path=path,
                    subject=self.subject,
                    function=function,
                    **{**inferred, **options},
                )
            )
            return function

        return remember


def reply(
    model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A model as a JSON answer."""
    return Response(model.model_dump_json(), status, dict(headers or {}), content_type=JSON)


def _contract(function: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(function)
    answer = hints.get("return")
    account = hints.get("account")
    return {
        "query": hints.get("query"),
        "body": hints.get("body"),
        "answer": answer if _is_model(answer) else None,
        "reads_account": account is not None,
        "needs_account": account is not None and type(None) not in get_args(account),
    }


def _is_model(hint: object) -> bool:
    return inspect.isclass(hint) and issubclass(hint, BaseModel)


def _json_body() -> bytes:
    """The body; sending none is sending an empty object."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return b"{}"
    if request.mimetype != JSON:
        raise Refused("media_type_unsupported", f"Send the body as {JSON}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("encoding_unsupported", "Send the body without a Content-Encoding.")
    request.max_content_length = boundary.MAX_JSON_BYTES + 1  # a longer one is cut there
    return request.get_data(cache=False)
