"""`python -m tests.benchmarks [NAME...]`: run the benchmarks, all or those named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

PARTS_OF_VERIFY = {"growth", "quantisation"}
"""The benchmark verify runs these itself."""


def main(wanted: list[str]) -> int:
    """Run each `bench_<name>.py`'s main; 2 for a name that there is not."""
    known = {file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py")}
    unknown = set(wanted) - known
    if unknown:
        print(f"There is no benchmark {min(unknown)}. Known are: {', '.join(sorted(known))}.")
        return 2
    for name in sorted(wanted or known - PARTS_OF_VERIFY):
        print(f"== {name}")
        importlib.import_module(f"tests.benchmarks.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
