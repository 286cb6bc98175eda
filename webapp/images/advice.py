"""What a contributor can do now about a verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imagehub.vocabulary import Label, Outcome

BETTER_PHOTO: Mapping[str, str] = {
    "blurred": "Send a sharper photo: hold still, and let the camera focus.",
    "dark": "Send a photo taken with more light.",
    "bright": "Send a photo taken with less light, or from another side.",
    "tiny": "Send a larger photo, as the camera made it.",
    "low_information": "Send a photo on which there is something to see.",
    "odd_aspect": "Send a photo that is cropped less.",
    "low_density": "Send the photo itself, as the camera made it: most of this file is empty.",
    "unreadable": "Wait: we could not read it and will look again within a few hours.",
}
ANOTHER_PHOTO = "Send another photo of the same thing."


def next_steps(
    label: Label, outcome: Outcome, findings: Sequence[str], rivals: Sequence[Label]
) -> tuple[str, ...]:
    """Say what helps, the likeliest first; nothing is left to do for a verified photo.

    `findings` are codes; `rivals` are other labels that the photo may show.
    """
    if outcome is Outcome.VERIFIED:
        return ()
    steps = [BETTER_PHOTO.get(code, ANOTHER_PHOTO) for code in findings]
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
