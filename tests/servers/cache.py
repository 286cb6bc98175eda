"""What is fetched or built once for this machine and kept outside the project's tree."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from imagehub.errors import Misconfigured

CACHE = Path("~/.cache/deep-images-hub")
TIMEOUT_SECONDS = 1200


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


def run(command: list[str], failure: str) -> None:
    """Run a command to its end; raise Misconfigured with the failure and the command's last words.

    A command that takes 20 minutes has failed too.
    """
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = str(error.stderr or error.stdout or error).strip()
        raise Misconfigured(f"{failure}: {said[-2000:]}") from error
