"""The reaper: a small process that ends the children of a hub that was killed.

The kernel tells a dead hub's direct children to stop, yet not what those have started; a Java that
is still starting may stay for ever.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local.child import Mark, end_leftovers

PATIENCE_SECONDS = 8.0
"""So long parts may take to stop by themselves."""


def start_reaper(mark: Mark, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a hub's reaper: it waits for the end of its stdin, which this process holds."""
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local.reaper", str(mark.folder), mark.run],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(reaper: subprocess.Popen[bytes]) -> None:
    """Let it make sure that nothing is left, and wait until it has."""
    if reaper.stdin is not None:
        reaper.stdin.close()
    reaper.wait()


def main() -> None:
    """Wait until the hub is gone, then end what is left of it."""
    sys.stdin.buffer.read()
    end_leftovers(Mark(Path(sys.argv[1]), sys.argv[2]), PATIENCE_SECONDS)


if __name__ == "__main__":
    main()
