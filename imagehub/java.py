"""The Java of this machine: Spark runs on it, and so does the tests' Kafka broker."""

from __future__ import annotations

import re
import subprocess

from imagehub.errors import Misconfigured

OLDEST = 17
FIND = 'command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java"'
"""Finds the Java that Spark will start."""


def java() -> str:
    """Find the program `java`; raise Misconfigured unless it runs and is version 17 or newer."""
    found = subprocess.run(["/bin/sh", "-c", FIND], capture_output=True, text=True, check=False)
    program = found.stdout.strip()
    if not program:
        raise _unfit("No Java was found")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', said.stderr)
    if version is None:
        raise _unfit(f"{program} does not say which Java it is")
    if int(version[1]) < OLDEST:
        raise _unfit(f"{program} is Java {version[1]} and too old")
    return program


def _unfit(finding: str) -> Misconfigured:
    return Misconfigured(
        f"{finding}. Install Java {OLDEST} or newer (Debian and Ubuntu:"
        " `apt-get install openjdk-17-jre-headless`), or set JAVA_HOME to one that is there."
    )
