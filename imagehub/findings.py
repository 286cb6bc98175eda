"""The kinds of findings: for each its code, its sentence, what helps, and what follows from it.

A rule in `spark_jobs/verify/checks/` measures a photo and names its kind. The portal tells the
contributor what helps. Codes and thresholds are stored: a new threshold is a new version of
verification.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from imagehub.vocabulary import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """One kind of finding. People read `sentence`; values stand in for its {names}.

    `advice` says what a contributor can do. With a finding that `rejects`, no one could use the
    photo; any other asks for a person.
    """

    code: str
    sentence: str
    advice: str
    rejects: bool = False

    def found(self, measured: float, **values: object) -> Finding:
        """A finding of this kind, with the number that was measured."""
        return Finding(self.code, measured, self.sentence.format(**values))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredKind(FindingKind):
    """A kind of which a number decides; the rule says on which side of the threshold it lies."""

    threshold: float


BY_CODE: dict[str, FindingKind] = {}
"""All kinds, in the order of this file."""

_Kind = TypeVar("_Kind", bound=FindingKind)


def _add(kind: _Kind) -> _Kind:
    BY_CODE[kind.code] = kind
    return kind


DARK = _add(
    MeasuredKind(
        code="dark",
        sentence="The photo is so dark that little can be seen. Turn on a light or the flash.",
        advice="Send a photo taken with more light.",
        rejects=True,
        threshold=40.0,
    )
)
BRIGHT = _add(
    MeasuredKind(
        code="bright",
        sentence="The photo is so bright that little can be seen. Turn away from the light.",
        advice="Send a photo taken with less light, or from another side.",
        rejects=True,
        threshold=215.0,
    )
)
LOW_INFORMATION = _add(
    MeasuredKind(
        code="low_information",
        sentence="The photo shows one even field and no thing. See that nothing covers the lens.",
        advice="Send a photo on which there is something to see.",
        rejects=True,
        threshold=12.0,
    )
)
BLURRED = _add(
    MeasuredKind(
        code="blurred",
        sentence="The photo is blurred: no edge in it is sharp. Hold the phone still, and tap the"
        " thing to focus on it.",
        advice="Send a sharper photo: hold still, and let the camera focus.",
        threshold=0.12,
    )
)
TINY = _add(
    MeasuredKind(
        code="tiny",
        sentence="The photo is small: {width} x {height} pixels. The short side should have at"
        " least {least:.0f}. Send the original, not a thumbnail.",
        advice="Send a larger photo, as the camera made it.",
        rejects=True,
        threshold=64.0,  # the least that landing takes, and that a subset takes by default
    )
)
ODD_ASPECT = _add(
    MeasuredKind(
        code="odd_aspect",
        sentence="The photo is a strip, {aspect:.0f} times as long as wide. Send it uncropped.",
        advice="Send a photo that is cropped less.",
        threshold=4.0,
    )
)
LOW_DENSITY = _add(
    FindingKind(
        code="low_density",
        sentence="The file holds far fewer bytes than a photo of its size: most of it is empty."
        " Send the file that the camera made.",
        advice="Send the photo itself, as the camera made it: most of this file is empty.",
    )
)
UNREADABLE = _add(
    FindingKind(
        code="unreadable",
        sentence="The stored photo cannot be read; an operator must look into it.",
        advice="Wait: we could not read it and will look again within a few hours.",
    )
)
