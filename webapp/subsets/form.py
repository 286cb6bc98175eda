"""The subset form's fields: read from a query or a form, checked, and written as a link. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from imagehub.subsets import SubsetRules
from webapp.http.boundary import is_safe

MAX_LABELS = 200
MAX_CAP = 10_000_000
MAX_SIDE_PIXELS = 2048
SPLITS = ("train", "validation", "test")
MID = re.compile(r"/[a-z]/[a-z0-9_]{2,20}")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NAME_IN_WORDS = "up to 63 small letters, digits and hyphens, such as street-animals"
ADDRESSES = frozenset({"new", "preview"})
"""What stands in a subset's place in addresses."""
DEFAULTS = {"cap": "", "side": "64", "train": "80", "validation": "10", "test": "10"}


@dataclass(frozen=True)
class SubsetForm:
    """The fields as a person wrote them; `labels` are MIDs, each once, in the order chosen."""

    labels: tuple[str, ...]
    keepers_only: bool
    fields: Mapping[str, str]

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with the rules, by field."""
        found: dict[str, str] = {}
        if not self.labels:
            found["labels"] = "Choose at least one label."
        elif len(self.labels) > MAX_LABELS:
            found["labels"] = f"Choose at most {MAX_LABELS} labels; a parent stands for its kinds."
        if self.fields["cap"] and not 1 <= _whole(self.fields["cap"]) <= MAX_CAP:
            found["cap"] = "Leave this empty for no cap, or write a whole number from 1."
        if not 1 <= _whole(self.fields["side"]) <= MAX_SIDE_PIXELS:
            found["side"] = f"Write a whole number from 1 to {MAX_SIDE_PIXELS}."
        shares = [_whole(self.fields[split] or "0") for split in SPLITS]
        if min(shares) < 0 or sum(shares) != 100:
            found["splits"] = "Write whole percents that add up to 100."
        return found

    @property
    def name_error(self) -> str | None:
        """What is wrong with the name, if anything."""
        if self.fields["name"] in ADDRESSES:
            return "This name is an address of the portal; choose another."
        if NAME.fullmatch(self.fields["name"]):
            return None
        return "Use lower-case letters, digits and hyphens, such as street-animals."

    def rules(self) -> SubsetRules:
        """The rules; only for a form without errors."""
        shares = [(split, _whole(self.fields[split] or "0") / 100) for split in SPLITS]
        return SubsetRules(
            labels=self.labels,
            cap_per_label=_whole(self.fields["cap"]) if self.fields["cap"] else None,
            min_short_side_pixels=_whole(self.fields["side"]),
            keepers_only=self.keepers_only,
            splits=tuple((split, share) for split, share in shares if share > 0),
        )

    def address(self) -> str:
        """The form as a link; the word of its session is never part of it."""
        query = {name: self.fields[name] for name in ("q", "name", *DEFAULTS)}
        query |= {"form": "1"} | ({"keepers": "1"} if self.keepers_only else {})
        mids = ",".join(quote(mid[1:], safe="/") for mid in self.labels)
        return f"/subsets/new?labels={mids}&{urlencode(query)}"


def read(single: Mapping[str, str], checked: Sequence[str] = ()) -> SubsetForm:
    """Read the fields; `checked` are the ticked labels, `labels` in a link is the short form.

    What cannot be a label is left out; what was never asked gets its default.
    """
    listed = [f"/{code}" for code in single.get("labels", "").split(",") if code]
    labels = [mid for mid in (*listed, *checked) if MID.fullmatch(mid)]
    was_sent = "form" in single
    fields = {name: _clean(single.get(name, default)) for name, default in DEFAULTS.items()}
    return SubsetForm(
        labels=tuple(dict.fromkeys(labels)),
        keepers_only="keepers" in single if was_sent else True,
        fields=fields | {name: _clean(single.get(name, "")) for name in ("q", "name")},
    )


def _clean(text: str) -> str:
    return text.strip()[:100] if is_safe(text) else ""


def _whole(text: str) -> int:
    """The number; -1 for anything but a whole number in plain digits."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1
