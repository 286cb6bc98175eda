"""The base of all answers: strict where the API makes one, lenient where a client reads one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

READING = {"is_read": True}
"""The context of validation in which a client reads an answer."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Marks a field that an older hub may not send, with the value that a client takes then.

    It is no default: the API itself gives every such field, and its description requires it.
    """

    value: Any


class Answer(BaseModel):
    """Base of all answers; a client ignores fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def of(cls, found: object) -> Self:
        """Make an answer of something whose attributes have the names of the answer's fields."""
        return cls.model_validate(found, from_attributes=True)

    @classmethod
    def read(cls, value: object) -> Self:
        """Read what a hub sent; raise pydantic's ValidationError where it is not such an answer."""
        return cls.model_validate(value, context=READING)

    @model_validator(mode="before")
    @classmethod
    def _with_unsent_fields(cls, value: Any, info: ValidationInfo) -> Any:
        if info.context is not READING or not isinstance(value, dict):
            return value
        unsent = {
            name: mark.value
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Unsent)
        }
        return unsent | value
