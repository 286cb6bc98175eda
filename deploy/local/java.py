"""Java on this machine: Kafka's broker and Spark run on it."""

from __future__ import annotations

import re
import shutil
import subprocess

from imagehub.errors import Misconfigured

OLDEST = 17


def java() -> str:
    """Find the program `java`; raise Misconfigured where it is missing or older than 17."""
    program = shutil.which("java")
    if program is None:
        raise Misconfigured(
            f"There is no Java on this machine. Install Java {OLDEST} or newer "
            "(Debian: `apt-get install openjdk-17-jre-headless`)."
        )
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', said.stderr)
    if version is None or int(version[1]) < OLDEST:
        raise Misconfigured(
            f"{program} is not Java {OLDEST} or newer: "
            f"{said.stderr.strip().splitlines()[0] if said.stderr.strip() else 'it says nothing'}."
        )
    return program
