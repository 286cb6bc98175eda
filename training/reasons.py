"""Why something failed on an executor, from the many lines that Spark says. Pure."""

from __future__ import annotations

import re

PYTHON_EXCEPTION = re.compile(
    r"(?!org\.|java\.|py4j\.)[\w.]*(Error|Exception|Refused|NotFound|Unavailable|Misconfigured): "
)
OWN = re.compile(r"imagehub\.errors\.\w+: ")
REFUSED = "imagehub.errors.Refused: "


def reason_in(text: str) -> str:
    """The one line of a Spark failure that says why: Python's own exception, or what Spark saw.

    What one of our own exceptions says stands for itself.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    raised = [line for line in lines if PYTHON_EXCEPTION.match(line)]
    lost = [line for line in lines if "ExecutorLostFailure" in line or "crashed" in line]
    why = ([*raised, *lost, *lines] or ["no words"])[0][:500]
    is_of_peers = "Collective" in why or "errors_impl.UnavailableError" in why
    return "a worker was lost in the middle of a step" if is_of_peers else OWN.sub("", why, count=1)


def was_refused(text: str) -> bool:
    """True if the executor's program refused what it was given: to try again would not help."""
    return any(line.strip().startswith(REFUSED) for line in text.splitlines())
