"""The sandbox: what a photo may cost, what a child may do, and what happens when it dies."""

from __future__ import annotations

import io
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from imagehub.errors import Refused
from imagehub.photo import inspect, land
from imagehub.sandbox.frames import BrokenAnswer, Limits, read_answer, write_frame
from imagehub.sandbox.pool import Sandbox
from tests.bad_inputs import ROWS, Row
from tests.photos import jpeg, with_declared_size

COSTLY = with_declared_size(jpeg(progressive=True, subsampling=0), 8100, 8100)
"""The costliest kind of photo that its header alone does not give away: 1 to 2 s, 600 MB."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(size=1)
    yield sandbox
    sandbox.close()


def test_a_child_makes_of_a_photo_what_the_parent_would(sandbox: Sandbox) -> None:
    assert sandbox.land(jpeg(5)) == land(jpeg(5))


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.final_state and not row.headers], ids=str
)
def test_every_photo_of_the_corpus_comes_out_of_the_sandbox_as_its_row_asks(
    sandbox: Sandbox, row: Row
) -> None:
    assert _code_of(sandbox, row.make()) == row.final_code


@pytest.mark.parametrize(
    "limits",
    [Limits(cpu_seconds=0), Limits(memory_bytes=200 << 20), Limits(wall_seconds=0.3)],
    ids=["cpu", "memory", "wall clock"],
)
def test_a_photo_that_breaks_a_limit_is_refused_and_the_next_one_lands(limits: Limits) -> None:
    with closing(Sandbox(1, limits)) as sandbox:
        with pytest.raises(Refused) as refused:
            for _ in range(3):  # CPU time is limited in whole seconds: the first may have one more
                sandbox.land(COSTLY)
        assert refused.value.code == "decode_limits"
        assert sandbox.land(jpeg(2)) == land(jpeg(2))


@pytest.mark.parametrize(
    ("death", "code"), [(signal.SIGABRT, "decode_limits"), (signal.SIGKILL, None)]
)
def test_a_child_that_aborts_costs_its_photo_and_one_that_is_killed_does_not(
    sandbox: Sandbox, death: signal.Signals, code: str | None
) -> None:
    sandbox.land(jpeg())
    (child,) = _children()
    timer = threading.Timer(0.15, os.kill, [child.pid, death])
    timer.start()
    assert _code_of(sandbox, COSTLY) == code
    timer.join()
    assert sandbox.land(jpeg()) == land(jpeg())


def test_a_child_that_died_while_idle_costs_no_photo(sandbox: Sandbox) -> None:
    sandbox.land(jpeg())
    (child,) = _children()
    child.kill()
    time.sleep(0.1)
    assert sandbox.land(jpeg()) == land(jpeg())


def test_a_child_has_no_secret_no_socket_and_no_network(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEHUB_CATALOGUE_URL", "postgresql://secret@host/db")
    fresh = Sandbox(1)
    fresh.land(jpeg())
    child = _children()[-1]
    assert set(child.environ()) <= {"OPENBLAS_NUM_THREADS", "LC_CTYPE"}
    assert child.net_connections() == []
    process = Path(f"/proc/{child.pid}")
    files = [str(file.readlink()) for file in (process / "fd").iterdir()]
    assert all(file.startswith("pipe:") or file == "/dev/null" for file in files)
    if os.geteuid() == 0:
        assert child.uids().real == 65534
        assert (process / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    fresh.close()


TRIES = """
import ctypes, json, os, resource, socket, sys
from imagehub.sandbox.child import _load_decoders
from imagehub.sandbox.confinement import give_up_rights, leave_network
secret, folder, port, user = sys.argv[1:]
_load_decoders()
if user != "me":  # its parent too, and only now: the user may not be able to read this code
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: a process that changed its user cannot be traced
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
def fill(path): open(path, "w").close()
def connect(family, address):
    with socket.socket(family) as one:
        one.connect(address)
def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", int(port)))
def trace(process):
    if libc.ptrace(0x4206, process, 0, 0):  # PTRACE_SEIZE
        raise OSError
def start():
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)
end, held = os.pipe()
other = os.fork()  # of the same user, and not confined; it ends with this process
if other == 0:
    os.close(held)
    os.read(end, 1)
    os._exit(0)
tries = {
    "read a secret": lambda: open(secret).read(),
    "write a file": lambda: fill(secret),
    "make a file": lambda: fill(folder + "/new"),
    "remove a file": lambda: os.unlink(secret + ".old"),
    "list a folder": lambda: os.listdir(folder),
    "signal the parent": lambda: os.kill(os.getppid(), 0),
    "run a program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "connect": lambda: connect(socket.AF_INET, ("127.0.0.1", int(port))),
    "connect to a path": lambda: connect(socket.AF_UNIX, folder + "/socket"),
    "connect to an abstract name": lambda: connect(socket.AF_UNIX, "\\0" + folder),
    "send a datagram": datagram,
    "trace a process": lambda: trace(other),
    "limit the parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU),
    "start a process": start,
    "take memory": lambda: bytearray(2 << 30),
}
def succeeds(act):
    try:
        act()
    except (OSError, MemoryError):
        return False
    return True
if sys.stdin.readline().strip() == "confined":
    leave_network()
    give_up_rights(1 << 30)
print(json.dumps([name for name, act in tries.items() if succeeds(act)]), flush=True)
"""
"""What code that has taken over a decoding child would try."""

ORDINARY_USER = 12345


def _managed(how: str) -> list[str]:
    """What an ordinary user's process manages to do, `confined` as a decoding child or `free`."""
    user = str(ORDINARY_USER) if os.geteuid() == 0 else "me"
    with (
        TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as by_name,
    ):
        for unix, address in ((by_path, f"{folder}/socket"), (by_name, f"\0{folder}")):
            unix.bind(address)
            unix.listen()
        Path(folder, "socket").chmod(0o777)
        secret = Path(folder, "signing-key.pem")
        secret.write_text("a secret")
        secret.chmod(0o600)
        Path(folder, "signing-key.pem.old").touch()
        if user != "me":
            os.chown(folder, ORDINARY_USER, ORDINARY_USER)
            os.chown(secret, ORDINARY_USER, ORDINARY_USER)
        given = [str(secret), folder, str(server.getsockname()[1]), user]
        command = [sys.executable, "-I", "-c", TRIES, *given]
        found = subprocess.run(command, input=how, capture_output=True, check=True, text=True)
    managed: list[str] = json.loads(found.stdout)
    return managed


def test_what_takes_over_an_ordinary_users_child_reaches_nothing() -> None:
    assert len(_managed("free")) == 15  # the tries are real ones
    assert _managed("confined") == []


REFUSED = """
import ctypes, logging, sys
from imagehub.errors import Misconfigured
from imagehub.sandbox import seccomp
from imagehub.sandbox.pool import Sandbox
from tests.photos import jpeg
logging.basicConfig(format="%(message)s")
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
assert seccomp.refuse({int(number) for number in sys.argv[2:]})
for _ in range(2):
    Sandbox(1, must_be_confined=sys.argv[1] == "required").land(jpeg())
"""
RESTRICT_SELF = 446
PRCTL = {"x86_64": 157, "aarch64": 167}[platform.machine()]


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        ([RESTRICT_SELF], ["Landlock cannot be had"]),
        ([PRCTL], ["seccomp cannot be had"]),
        ([RESTRICT_SELF, PRCTL], ["Landlock cannot be had", "seccomp cannot be had"]),
    ],
)
def test_where_the_kernel_refuses_the_log_says_it_once_or_nothing_is_decoded(
    refused: list[int], words: list[str]
) -> None:
    def run(confinement: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", REFUSED, confinement, *map(str, refused)]
        return subprocess.run(command, capture_output=True, check=False, text=True)

    wanted, required = run("wanted"), run("required")
    assert wanted.returncode == 0, wanted.stderr
    assert len(wanted.stderr.splitlines()) == len(words), wanted.stderr
    assert all(word in wanted.stderr for word in words)
    assert required.returncode == 1
    assert "Misconfigured: IMAGEHUB_CONFINEMENT=required" in required.stderr


def test_a_whole_confinement_is_silent_and_meets_what_is_required(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(Sandbox(1, must_be_confined=True)) as sandbox:
        sandbox.land(jpeg())
    assert caplog.messages == []


def _children() -> list[psutil.Process]:
    """The sandboxes' children; servers of other tests may be this process's children too."""
    return [
        child
        for child in psutil.Process().children()
        if "imagehub.sandbox.child" in child.cmdline()
    ]


def _code_of(sandbox: Sandbox, photo: bytes) -> str | None:
    try:
        sandbox.land(photo)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    "answer",
    [
        b"no json",
        b"[]",
        b'{"refused": "because"}',
        b'{"refused": ["undecodable"]}',
        b'{"width": 640, "height": 480}',
        b'{"width": 1, "height": 1, "fingerprint": 0, "full_width": 1, "full_height": 1,'
        b' "view_width": 1, "view_height": 1, "thumb_width": 1, "thumb_height": 1}',
        b'{"width": 640, "height": 480, "fingerprint": 1e3, "full_width": 1, "full_height": 1,'
        b' "view_width": 1, "view_height": 1, "thumb_width": 1, "thumb_height": 1}',
        b"x" * 5000,
    ],
)
def test_what_a_child_says_is_not_believed(answer: bytes) -> None:
    stream = io.BytesIO()
    write_frame(stream, answer)
    stream.seek(0)
    with pytest.raises(BrokenAnswer):
        read_answer(stream, inspect(jpeg()))
