"""Decoding where it can do no harm: a few long-lived children, each limited and expendable.

A photo whose child breaks a limit, dies or takes too long is refused at once. Where something else
killed the child, the photo is tried once more. The next photo finds a new child.
"""

from __future__ import annotations

import logging
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import BinaryIO, cast

from imagehub.errors import Misconfigured
from imagehub.photo import LandedPhoto, PhotoHeader, inspect
from imagehub.photo.refusals import refused_decoding
from imagehub.sandbox.confinement import Lack
from imagehub.sandbox.frames import (
    BrokenAnswer,
    Limits,
    read_answer,
    read_ready,
    write_frame,
)

PHOTOS_PER_CHILD = 1000
START_SECONDS = 60
LACKS = {
    Lack.FILES: "read the files that its user may read (this process's user, or nobody where that"
    " is root): Landlock cannot be had. It needs Linux 5.13 or later, `landlock` in the kernel's"
    " list `lsm=`, and a container that does not forbid it",
    Lack.OTHERS: "open sockets and signal processes of its user: seccomp cannot be had. It needs"
    " x86-64 or AArch64, and a container that does not forbid it",
}
"""What whoever takes over a decoding child could do, and what an operator can do about it."""

log = logging.getLogger(__name__)


class Sandbox:
    """A pool of `size` decoding children, started when first needed. Safe to share by threads."""

    def __init__(
        self, size: int, limits: Limits | None = None, *, must_be_confined: bool = False
    ) -> None:
        """`must_be_confined`: decode nothing where a child cannot give up all that it should.

        Without it the log says once what a child could do.
        """
        self.size = size
        self._limits = limits or Limits()
        self._must_be_confined = must_be_confined
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        for _ in range(size):
            self._idle.put(None)  # a child that is still to be started

    def land(self, photo: bytes) -> LandedPhoto:
        """Do imagehub.photo.land in a child.

        Raises Refused as that does, and with `decode_limits` if the photo broke the child's
        limits; Misconfigured if no child can be started.
        """
        header = inspect(photo)
        answer = self._ask(photo, header)
        if answer is None:  # the machine may have run out of memory, not the photo: once more
            answer = self._ask(photo, header)
        if answer is None or isinstance(answer, str):
            raise refused_decoding(answer or "decode_limits")
        return answer

    def _ask(self, photo: bytes, header: PhotoHeader) -> LandedPhoto | str | None:
        child = self._idle.get()
        try:
            if child is None or child.is_spent:
                child = _Child(self._limits)
                self._judge(child)
            return child.land(photo, header)
        finally:
            self._idle.put(child)

    def _judge(self, child: _Child) -> None:
        _tell_what_is_missing(child.lacks)
        if self._must_be_confined and child.lacks:
            child.end()
            could = ". It could ".join(LACKS[lack] for lack in sorted(child.lacks))
            raise Misconfigured(
                f"IMAGEHUB_CONFINEMENT=required, but a decoding child could {could}."
            )

    def close(self) -> None:
        """End the children that are idle."""
        for _ in range(self.size):
            child = self._idle.get()
            if child is not None:
                child.end()
            self._idle.put(None)


@cache
def _tell_what_is_missing(lacks: frozenset[Lack]) -> None:
    """Say once in the log what a child could not give up."""
    for lack in sorted(lacks):
        log.warning("Whatever takes over a decoding child could %s.", LACKS[lack])


class _Child:
    """One decoding process. Used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._photos_left = PHOTOS_PER_CHILD
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "imagehub.sandbox.child", limits.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"OPENBLAS_NUM_THREADS": "1"},  # no secret, and no thread
        )
        self._photos = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        self.lacks = self._wait_until_ready()

    @property
    def is_spent(self) -> bool:
        """True once it must make way for a new child; then nothing of it is left."""
        if self._photos_left == 0 or self._process.poll() is not None:
            self.end()
        return self._process.returncode is not None

    def land(self, photo: bytes, header: PhotoHeader) -> LandedPhoto | str | None:
        """Send the photo; give what it became, or the code of its refusal.

        A child that breaks a limit or a rule is ended, and its photo refused. None where somebody
        else killed the child.
        """
        self._photos_left -= 1
        alarm = _Alarm(self._process, self._limits.wall_seconds)
        try:
            write_frame(self._photos, photo)
            return read_answer(self._answers, header)
        except (BrokenAnswer, OSError):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)  # where it died by itself, its status says how
            status = self._process.returncode
            self.end()
            was_killed = status == -signal.SIGKILL and not alarm.has_rung
            return None if was_killed else "decode_limits"
        finally:
            alarm.cancel()

    def end(self) -> None:
        """Kill the process and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _wait_until_ready(self) -> frozenset[Lack]:
        alarm = _Alarm(self._process, START_SECONDS)
        try:
            return read_ready(self._answers)
        except BrokenAnswer as broken:
            self._process.kill()
            _, complaint = self._process.communicate()
            last = complaint.decode(errors="replace").strip().splitlines()[-1:]
            raise Misconfigured(
                "The process that decodes photos (`python -I -m imagehub.sandbox.child`) does "
                f"not start: {' '.join(last) or 'it gave no reason'}"
            ) from broken
        finally:
            alarm.cancel()


class _Alarm:
    """Kills a process after a while, unless cancelled."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_rung = False
        self._process = process
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.has_rung = True
        self._process.kill()
