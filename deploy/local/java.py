"""Java on this machine: Kafka's broker and Spark run on it."""

from __future__ import annotations

import re
import subprocess

from imagehub.errors import Misconfigured

OLDEST = 17


_FIND = 'command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java"'
"""Finds the Java that Spark starts too."""


def java() -> str:
    """Find the program `java`; raise Misconfigured where it is missing or older than 17."""
    found = subprocess.run(["/bin/sh", "-c", _FIND], capture_output=True, text=True, check=False)
    program = found.stdout.strip()
    if not program:
        raise Misconfigured(
            f"There is no Java on this machine. Install Java {OLDEST} or newer "
            "(Debian: `apt-get install openjdk-17-jre-headless`)."
        )
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', said.stderr)
    if version is None or int(version[1]) < OLDEST:
        first_line, *_ = [*said.stderr.splitlines(), "it says nothing"]
        raise Misconfigured(f"{program} is not Java {OLDEST} or newer: {first_line}.")
    return program
