"""The description of the API: an OpenAPI document, and the same as a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property

from flask import Response, render_template

from webapp.http import openapi
from webapp.http.endpoints import JSON, Endpoints


class ApiDescription:
    """Describes the subjects by the prefix of their paths, and itself."""

    def __init__(self, subjects: Mapping[str, Iterable[Endpoints]]) -> None:
        self.endpoints = Endpoints("description")
        self.endpoints.get("/openapi.json")(self.openapi)
        first, *rest = subjects.items()
        self._subjects = dict([(first[0], (*first[1], self.endpoints)), *rest])

    @cached_property
    def document(self) -> openapi.Document:
        """The OpenAPI document; made when it is first asked for."""
        return openapi.document(
            {
                prefix: [endpoint for endpoints in some for endpoint in endpoints.declared]
                for prefix, some in self._subjects.items()
            }
        )

    def openapi(self) -> Response:
        """This description, as an OpenAPI 3.1 document."""
        return Response(json.dumps(self.document), content_type=JSON)

    def page(self) -> str:
        """The same for people."""
        return render_template("docs.html", api=self.document)
