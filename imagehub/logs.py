"""Logs: one event per line, as JSON.

`image` is the same from an upload's acceptance to its landing and its verdict (`upload` where there
is one), so one search through all logs shows a photo's way. No event names a person.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO


class JsonFormatter(logging.Formatter):
    """An event as one line: when, how grave, which part, what in words, and what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what `about` adds to an event stands behind its words."""
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "said": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


def begin(stream: TextIO) -> None:
    """Have this process write its events to the stream, unless it writes them already."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def about(**fields: object) -> dict[str, dict[str, object]]:
    """What an event is about, as `extra` of a logger's call: `image`, `upload`, `label`, ..."""
    return {"about": fields}
