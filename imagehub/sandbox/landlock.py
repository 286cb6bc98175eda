"""Landlock: a process gives up files, signals and sockets for good, without being root (Linux).

The kernel's `Documentation/userspace-api/landlock.rst` is the source of the numbers here. What a
kernel does not know yet is left out; ABI 1 came with Linux 5.13.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
"""By ABI, how many rights on files the kernel knows: to read, write, make, remove and run them."""
_NET_FROM, _ALL_NET = 4, 0b11
"""Binding and connecting TCP sockets."""
_SCOPE_FROM, _ALL_SCOPES = 6, 0b11
"""Abstract Unix sockets and signals, to processes that are not confined with it."""


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def abi() -> int:
    """The version of Landlock that this kernel offers, 0 where it offers none."""
    return max(0, _call(_CREATE_RULESET, None, 0, _VERSION))


def ruleset(readable: Iterable[Path]) -> int | None:
    """A file descriptor of rules that leave the reading of these folders; None without Landlock.

    The folders need not be readable any more when the rules are applied. One that is not there is
    left out.
    """
    version = abi()
    if version == 0:
        return None
    rights = max(count for first, count in _FILES.items() if first <= version)
    attributes = _Ruleset(
        (1 << rights) - 1,
        _ALL_NET if version >= _NET_FROM else 0,
        _ALL_SCOPES if version >= _SCOPE_FROM else 0,
    )
    size = 8 * (1 + (version >= _NET_FROM) + (version >= _SCOPE_FROM))
    rules = _call(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    if rules < 0:
        return None
    for folder in readable:
        _allow_reading(rules, folder)
    return rules


def restrict(rules: int) -> bool:
    """Apply the rules to this process for good, and close them; False where that is not permitted.

    Needs `no_new_privs`. Must come before the process has a second thread.
    """
    is_restricted = _call(_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return is_restricted


def _allow_reading(rules: int, folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = _PathBeneath(_READ_FILE | _READ_DIR, handle)
    _call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(handle)


def _call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
