"""What is fetched or built once for this machine and kept outside the project's tree."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

CACHE = Path("~/.cache/deep-images-hub")


def cached(name: str, make: Callable[[Path], None], cache: Path = CACHE) -> Path:
    """Return the cache's folder `name`; where it is missing, `make` fills it first.

    The folder appears whole or not at all, and is made once even when two processes ask for it.
    """
    cache = cache.expanduser()
    made = cache / name
    if made.exists():
        return made
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            fresh = cache / f"{name}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            make(fresh)
            fresh.rename(made)
    return made
