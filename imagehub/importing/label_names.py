"""From the names that a source uses to labels of the hub. A name that none has is never guessed."""

from __future__ import annotations

import unicodedata

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.imports.imports import ImportPlan
from imagehub.catalogue.imports.missing_labels import propose
from imagehub.catalogue.uploads.acceptances import labels_named
from imagehub.characters import find_hidden
from imagehub.errors import Refused
from imagehub.release_paths import folder, mids_of
from imagehub.vocabulary import Label

MAX_KEPT = 100_000
MAX_PROPOSALS = 1_000
PROPOSABLE = range(2, 61)
"""How long a name may be that is proposed."""


class LabelNames:
    """Looks names up, each once; proposes those that no label has."""

    def __init__(self, plan: ImportPlan) -> None:
        self._plan = plan
        self._found: dict[str, str | Refused] = {}

    def find(self, cursor: Cursor, name: str) -> str | Refused:
        """The MID of the one label of this name or MID, or why there is none."""
        if name not in self._found:
            if len(self._found) >= MAX_KEPT:
                self._found.clear()
            self._found[name] = self._look_up(cursor, name)
        return self._found[name]

    def _look_up(self, cursor: Cursor, name: str) -> str | Refused:
        found = labels_named(cursor, unicodedata.normalize("NFC", name).strip())
        if not found:
            found = _named_as_in_releases(cursor, name)
        if len(found) == 1:
            return found[0].mid
        if found:
            mids = ", ".join(label.mid for label in found)
            return Refused("label_ambiguous", f"Several labels are named {name!r}: {mids}.")
        if len(name) in PROPOSABLE and not name.startswith("/") and not find_hidden(name, but=""):
            propose(cursor, self._plan, name, MAX_PROPOSALS)
        return Refused(
            "label_unknown",
            f"No label is named {name!r}. It is proposed; once an admin has decided, try the row"
            " again.",
        )


def _named_as_in_releases(cursor: Cursor, name: str) -> list[Label]:
    """The label whose folder in a release has exactly this name."""
    found = [label for mid in mids_of(name) for label in labels_named(cursor, mid)]
    return [label for label in found if folder(label) == name]
