"""Label lists: one Open Images MID for each output of a network, in the outputs' order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from imagehub.errors import Refused

_MID = re.compile(r"/[mtg]/[0-9a-z_]+")


def read_list(path: Path, outputs: int) -> list[str | None]:
    """Read one MID a line; what follows a comma is a remark, an empty line is no label.

    Raises Refused if the list is not as long as the network has outputs, or a line is no MID.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("no_label_list", f"The label list {path} cannot be read: {error}.") from error
    if len(lines) != outputs:
        raise Refused(
            "wrong_label_list",
            f"{path} has {len(lines):,} lines and the network {outputs:,} outputs: line n must"
            " name output n. Give the list that was published with the network.",
        )
    return [_mid(line, number, path) for number, line in enumerate(lines, 1)]


def require_places(
    labels: list[str | None], labels_by_index: Mapping[int, str], path: Path
) -> None:
    """Raise Refused unless the outputs `places` have the labels that are known of them."""
    for output, mid in labels_by_index.items():
        if labels[output] != mid:
            raise Refused(
                "wrong_label_list",
                f"{path} says that output {output} is {labels[output]}; it is {mid}. The list is"
                " of another version of the classes.",
            )


def _mid(line: str, number: int, path: Path) -> str | None:
    text = line.partition(",")[0].strip()
    if text and not _MID.fullmatch(text):
        raise Refused(
            "wrong_label_list", f"Line {number} of {path} is {text[:40]!r}, which is no MID."
        )
    return text or None
