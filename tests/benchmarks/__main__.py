"""`python -m tests.benchmarks [NAME...]`: run the benchmarks, all or those named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

PARTS_OF_VERIFY = {"growth", "quantisation"}
"""The benchmark verify runs these itself."""


def main(wanted: list[str]) -> int:
    """Run each `bench_<name>.py`'s main; 2 for a name that there is not."""
    known = benchmarks()
    unknown = set(wanted) - set(known)
    if unknown:
        print(f"There is no benchmark {min(unknown)}. Known are: {', '.join(known)}.")
        return 2
    for name in sorted(wanted or set(known) - PARTS_OF_VERIFY):
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.bench_{name}").main()
    return 0


def benchmarks() -> list[str]:
    """The names of all benchmarks, in order."""
    files = Path(__file__).parent.glob("bench_*.py")
    return sorted(file.stem.removeprefix("bench_") for file in files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
