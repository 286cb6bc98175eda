"""Names of files and words of a command line, which on Linux are bytes and not always text."""

from __future__ import annotations

import re

NO_TEXT = "is no UTF-8 text"


def is_text(name: str) -> bool:
    """False for a name that holds bytes which are no UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def shown(name: str) -> str:
    r"""The name as it can be printed and sent: bytes that are no UTF-8 as \xe9."""
    bytes_told = re.sub("[\udc80-\udcff]", lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", name)
    return bytes_told.encode("utf-8", "backslashreplace").decode("utf-8")
