"""Paths that a manifest names, made safe: nothing is ever written outside the chosen folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from imagehub.errors import Refused
from imagehub.release_paths import is_word

PART = re.compile(r"(?:[A-Za-z0-9_]|[^\x00-\x7f])(?:[A-Za-z0-9_.\-]|[^\x00-\x7f]){0,254}")
"""One part of a path, as our own manifests have it; no part begins with a dot."""

DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
DATA = frozenset({".csv", ".jpg", ".json", ".jsonl", ".md", ".tar", ".tflite", ".txt", ".zip"})
"""The file endings of a release: none that Python, a shell or a notebook would run."""

MAX_PARTS = 8
UNFINISHED = ".part"


def refuse_unsafe(paths: Iterable[str]) -> None:
    """Refuse (`unsafe_path`) any path that could leave a folder or meet another path there.

    That is: absolute, with `..` or a backslash, odd characters, device names of Windows, equal
    to another but for case or the way its accents are written, or below another that is a file.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        _refuse_shape(path)
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in files:
            _refuse(path, f"is the same file as {files[folded]!r}")
        files[folded] = path
        parts = folded.split("/")
        folders |= {"/".join(parts[:end]): path for end in range(1, len(parts))}
    for folded in files.keys() & folders.keys():
        _refuse(folders[folded], f"lies below {files[folded]!r}, which is a file")


def inside(folder: Path, path: str) -> Path:
    """Where a safe path lies; Refused if a link in the folder leads out of it."""
    place = folder.joinpath(*path.split("/"))
    if place.is_symlink() or not place.parent.resolve().is_relative_to(folder.resolve()):
        _refuse(path, f"would be written through a link that leads out of {folder}")
    return place


def _refuse_shape(path: str) -> None:
    parts = path.split("/")
    if len(parts) > MAX_PARTS:
        _refuse(path, f"has more than {MAX_PARTS} parts")
    for part in parts:
        is_odd = not PART.fullmatch(part) or part.endswith(".") or DEVICES.fullmatch(part)
        if is_odd or not is_word(part):
            _refuse(path, f"has the part {part[:40]!r}")
    if path.casefold().endswith(UNFINISHED):
        _refuse(path, f"ends in {UNFINISHED}, which unfinished files end in")
    if Path(parts[-1]).suffix not in DATA:
        _refuse(path, "is no kind of file that a hub gives out")


def _refuse(path: str, why: str) -> None:
    raise Refused(
        "unsafe_path",
        f"The release names the file {path[:120]!r}, which {why}. Nothing was written; do not "
        "trust this server.",
    )
