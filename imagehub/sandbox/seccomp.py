"""Seccomp: a process gives up system calls for good, without being root (Linux).

A dozen instructions of classic BPF; libseccomp, which writes such programs, is a system package and
no wheel. The kernel's `Documentation/userspace-api/seccomp_filter.rst` explains them.
"""

from __future__ import annotations

import ctypes
import errno
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_X32 = 0x40000000
"""From here on x86-64 has its calls a second time."""

_CALLS = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "execve": (59, 221),
    "execveat": (322, 281),
    "io_uring_setup": (425, 425),  # does what other calls do, past this filter
}
"""What is refused, as x86-64 and AArch64 number it."""


@dataclass(frozen=True)
class _Machine:
    """The kernel's numbers of an architecture, of its `prlimit64` and of the calls to refuse."""

    architecture: int
    prlimit: int
    refused: frozenset[int]


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 302, frozenset(call[0] for call in _CALLS.values())),
    "aarch64": _Machine(0xC00000B7, 261, frozenset(call[1] for call in _CALLS.values())),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def keep_to_itself() -> bool:
    """Refuse this process sockets, signals, programs, and the memory and limits of other processes.

    For good, with EPERM; a signal to itself is refused too. False where the machine or the kernel
    has no such filter. Needs `no_new_privs`. Must come before the process has a second thread.
    """
    if platform.machine() not in _MACHINES:
        return False
    return refuse(_MACHINES[platform.machine()].refused)


def refuse(numbers: Iterable[int]) -> bool:
    """Refuse this process these system calls, and the limits of others; as `keep_to_itself`."""
    instructions = list(_instructions(_MACHINES[platform.machine()], sorted(numbers)))
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    done = ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)
    return bool(done == 0)


def _instructions(machine: _Machine, refused: Iterable[int]) -> Iterator[_Instruction]:
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE_AT)
    yield _Instruction(_IF_EQUAL, 1, 0, machine.architecture)
    yield _Instruction(_RETURN, 0, 0, _KILL)
    yield _Instruction(_LOAD, 0, 0, _NUMBER_AT)
    yield _Instruction(_IF_AT_LEAST, 0, 1, _X32)
    yield _Instruction(_RETURN, 0, 0, _REFUSE)
    for number in refused:
        yield _Instruction(_IF_EQUAL, 0, 1, number)
        yield _Instruction(_RETURN, 0, 0, _REFUSE)
    yield _Instruction(_IF_EQUAL, 0, 3, machine.prlimit)
    yield _Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT_AT)
    yield _Instruction(_IF_EQUAL, 1, 0, 0)  # its own limits
    yield _Instruction(_RETURN, 0, 0, _REFUSE)
    yield _Instruction(_RETURN, 0, 0, _ALLOW)
