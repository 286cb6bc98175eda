"""A request whose query and form hold only text that can be stored."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from imagehub.errors import Refused
from webapp.http.boundary import UNSTORABLE_WORDS, is_storable, shown

Fields = ImmutableMultiDict[str, str]


class StrictRequest(Request):
    """Flask's request. Reading its query or form raises Refused(`invalid`) for unstorable text."""

    @property
    def args(self) -> Fields:
        """The query."""
        return _safe(super().args)

    @property
    def args_as_sent(self) -> Fields:
        """The query for a request schema, which checks each of its fields itself."""
        return super().args  # type: ignore[return-value] # Flask makes it so

    @property
    def form(self) -> Fields:
        """The form's fields."""
        return _safe(super().form)


def _safe(fields: MultiDict[str, str]) -> Fields:
    for name, text in fields.items(multi=True):
        if not (is_storable(name) and is_storable(text)):
            raise Refused("invalid", f"{shown(name)}: {UNSTORABLE_WORDS}.")
    return fields  # type: ignore[return-value] # Flask makes it so
