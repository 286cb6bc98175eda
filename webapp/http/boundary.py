"""The strict boundary: input from outside becomes typed values, or is refused with a reason.

JSON: UTF-8, no duplicate keys, no NaN, no deep nesting. Query: each name once. Both: no unknown
names, no invisible characters.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)
from werkzeug.datastructures import MultiDict

from imagehub.characters import find_hidden
from imagehub.errors import Refused

MAX_JSON_BYTES = 64 * 1024
MAX_JSON_DEPTH = 16
MAX_DIGITS = 15

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")
"""Control characters, lone surrogates, and what stands for bytes that are not UTF-8."""

UNSTORABLE_WORDS = "it holds characters that cannot be stored"


def is_safe(text: str) -> bool:
    """True for text that can be stored and shown as it is: every character of it is seen."""
    return find_hidden(text) is None


def pattern(expression: str, meaning: str) -> Any:
    """The field for text of a pattern; `words` tell it to who sent another, after "it must be"."""
    _PATTERNS[expression] = meaning
    return Field(pattern=expression)


_PATTERNS: dict[str, str] = {}


def is_storable(text: str) -> bool:
    """True for text that Postgres takes, also where some of its characters are not seen."""
    return UNSTORABLE.search(text) is None


def require_storable(value: object) -> None:
    """Raise ValueError for a text, or a list or an object with one, that cannot be stored."""
    if isinstance(value, str) and not is_storable(value):
        raise ValueError(UNSTORABLE_WORDS)
    for inner in _inside(value):
        require_storable(inner)


def _safe(text: str) -> str:
    hidden = find_hidden(text)
    if hidden:
        raise ValueError(f"it holds {hidden}, which nobody sees; leave that character out")
    return unicodedata.normalize("NFC", text)


def _digits(value: object) -> object:
    """Plain ASCII digits become a number; Python itself would also take `1_000` and `١`."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(f"[0-9]{{1,{MAX_DIGITS}}}", value):
        raise ValueError("it must be a whole number written in digits")
    return int(value)


def _decimal(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,15})?", value):
        raise ValueError("it must be a number such as -12.5")
    return float(value)


Text = Annotated[str, AfterValidator(_safe)]
"""Text in normal form C, without invisible characters."""

Whole = Annotated[int, BeforeValidator(_digits)]
"""A whole number in a query."""

Decimal = Annotated[float, BeforeValidator(_decimal)]
"""A decimal number in a query or form."""


class RequestModel(BaseModel):
    """Base of all request schemas: unknown names are refused, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _without_unstorable_text(cls, value: object) -> object:
        require_storable(value)
        return value


Model = TypeVar("Model", bound=BaseModel)


def read_fields(fields: MultiDict[str, str], model: type[Model]) -> Model:
    """Read a query or a form; each name may stand once.

    Raises Refused(`invalid`) naming the field that is wrong.
    """
    for name, values in fields.lists():
        if len(values) > 1:
            raise Refused("invalid", f"{shown(name)} is given {len(values)} times; give it once.")
    return _validated(fields.to_dict(), model)


def read_json(data: bytes, model: type[Model]) -> Model:
    """Read a JSON body.

    Raises Refused: `json_malformed` if it is not strict JSON, `invalid` if it is not the model's.
    """
    return _validated(_parsed(data), model)


def _validated(value: object, model: type[Model]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Refused("invalid", _sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(shown(str(part)) for part in first["loc"]) or "The body"
    if first["type"] == "extra_forbidden":
        return f"{where} is not known here."
    if first["type"] == "missing":
        return f"{where} is missing."
    if first["type"] == "string_pattern_mismatch":
        meaning = _PATTERNS.get(first["ctx"]["pattern"], "written in another way")
        return f"{where}: it must be {meaning}."
    return f"{where}: {first['msg'].removeprefix('Value error, ')}."


def shown(name: str) -> str:
    """A name that a client chose, for a sentence."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in name)
    return printable if len(printable) <= 40 else printable[:39] + "…"


def _parsed(data: bytes) -> object:
    if len(data) > MAX_JSON_BYTES:
        raise Refused("too_large", f"The JSON is larger than {MAX_JSON_BYTES} bytes.")
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise Refused("json_malformed", f"The body is no JSON that we read: {error}.") from error
    if _is_deeper_than(MAX_JSON_DEPTH, value):
        raise Refused("json_malformed", "The JSON is nested too deeply.")
    return value


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {shown(name)} stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _is_deeper_than(depth: int, value: object) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
