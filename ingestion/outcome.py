"""The possible outcomes of a message, decided before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.uploads.landings import NewImage, Refusal
from imagehub.vocabulary import Upload


@dataclass(frozen=True, slots=True)
class Landed:
    """The photo's objects are stored; `image` is None where an image of these bytes exists.

    `sweep` is the photo's last removal that was known before its objects were stored.
    """

    upload: Upload
    image: NewImage | None
    sweep: int


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """The photo cannot be taken; its contributor finds the reason on the receipt."""

    upload: Upload
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class SettledBefore:
    """The same message came before and was settled: nothing is left to do."""

    upload: Upload


@dataclass(frozen=True, slots=True)
class SetAside:
    """The message cannot be handled; it goes to the dead letters."""

    code: str
    reason: str


Outcome = Landed | TurnedDown | SettledBefore | SetAside
