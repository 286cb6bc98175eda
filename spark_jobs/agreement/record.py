"""What a contributor's earlier claims say of the next one. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claimant:
    """A contributor's claims but the one to be judged.

    `claims` counts them; `right` is how many of them are right by expectation: the sum of their
    probabilities.
    """

    right: float
    claims: float
