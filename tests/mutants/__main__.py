"""`python -m tests.mutants [WORDS...]`: plant each defect in a copy of the tree; do tests find it?

With words, only the mutants whose name holds one of them, in any case.
"""

from __future__ import annotations

import sys

from deploy.figures import add_figures
from tests.mutants.running import NotGreen, survivors
from tests.mutants.scratch import scratch
from tests.mutants.table import planted


def main(words: list[str]) -> int:
    """Run the mutants, two at once; 1 if one survives or has no place, or tests are red anyway."""
    mutants = [one for one in planted() if not words or _holds(one.name, words)]
    if not mutants:
        print(f"No mutant's name holds {' or '.join(words)}.")
        return 1
    try:
        with scratch() as one, scratch() as other:
            alive = len(survivors([one, other], mutants))
    except NotGreen as error:
        print(error)
        return 1
    print(f"{len(mutants)} mutants, {len(mutants) - alive} killed")
    if not words:
        add_figures("suite", mutants=len(mutants), mutants_killed=len(mutants) - alive)
    return 1 if alive else 0


def _holds(name: str, words: list[str]) -> bool:
    return any(word.casefold() in name.casefold() for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
