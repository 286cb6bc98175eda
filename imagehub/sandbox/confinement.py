"""What the decoding child gives up before it sees the first photo (Linux).

Always: memory, written files, more processes, and most open files, by resource limits; gaining
rights, by `no_new_privs`; root, by becoming nobody. Where the system permits: all files but the
program's own code, by Landlock; sockets, signals and other processes, by seccomp; the network once
more, by a network namespace of its own. The child says what it could not give up.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from enum import StrEnum
from pathlib import Path

from imagehub.sandbox import landlock, seccomp

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_NOBODY = 65534
_MAX_OPEN_FILES = 16


class Lack(StrEnum):
    """What a decoding child could not give up."""

    FILES = "files"  # what its user may read
    OTHERS = "others"  # sockets, and signals to processes of its user


def leave_network() -> bool:
    """Move to a network namespace without interfaces; False where that is not permitted.

    Must come before the process has a second thread.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    return bool(libc.unshare(flags) == 0)


def give_up_rights(memory_bytes: int) -> frozenset[Lack]:
    """Set the limits that hold for the rest of the process's life; return what could not be set."""
    rules = landlock.ruleset(_code())
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held = {
        Lack.FILES: rules is not None and landlock.restrict(rules),
        Lack.OTHERS: seccomp.keep_to_itself(),
    }
    return frozenset(lack for lack, holds in held.items() if not holds)


def _code() -> set[Path]:
    """The folders of all modules that are loaded: an error may import their neighbours yet."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return {Path(file).parent for file in files if file}


def allow_cpu(seconds: int) -> None:
    """Let the process use `seconds` more of CPU time; beyond them the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent_seconds = int(used.ru_utime + used.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent_seconds + seconds, hard))
