"""What a contributor can do now about a verdict. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from imagehub import findings as kinds
from imagehub.vocabulary import Label, Outcome

ANOTHER_PHOTO = "Send another photo of the same thing."


def next_steps(
    label: Label, outcome: Outcome, findings: Sequence[str], rivals: Sequence[Label]
) -> tuple[str, ...]:
    """Say what helps, the likeliest first; nothing is left to do for a verified photo.

    `findings` are codes; `rivals` are other labels that the photo may show.
    """
    if outcome is Outcome.VERIFIED:
        return ()
    steps = [_better_photo(code) for code in findings]
    steps += [
        f"If it shows {rival.name}, send the same photo again as {rival.name}:"
        " it is kept once and judged as that too."
        for rival in rivals
    ]
    if outcome is Outcome.NEEDS_REVIEW:
        steps.append(
            f"{'Or wait' if steps else 'Wait'}: a person will look at it. You need not do anything."
        )
    elif not findings:
        steps.append(f"If you are sure, send another photo of {label.name} that shows more of it.")
    return tuple(dict.fromkeys(steps))


def _better_photo(code: str) -> str:
    """What helps against a finding; an older version may have found what has no entry now."""
    kind = kinds.BY_CODE.get(code)
    return kind.advice if kind else ANOTHER_PHOTO
