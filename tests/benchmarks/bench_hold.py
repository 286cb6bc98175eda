"""How the portal serves honest people while others keep their connections waiting.

Six kinds of slow and silent clients at once, each `number` strong, of several accounts
(`silent_clients.py`). Beside them one honest client asks for `/healthz`, one opens the front page,
one uploads photos. The rate limits are raised, so that they do not help. A use that fails counts
as PATIENCE_SECONDS.
"""

from __future__ import annotations

import http.client
import random
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from deploy.figures import add_figures
from deploy.local.preflight import free_port
from imagehub import hub
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.settings import Settings
from tests import factories
from tests.benchmarks import silent_clients
from tests.benchmarks.bench_uploads import UPLOAD, photo_of, wait_for
from tests.benchmarks.parts import running_postgres
from tests.factories.photo_releases import release_with_photos
from tests.spark.programs import ROOT

PHOTO = photo_of(200_000)
PATIENCE_SECONDS = 10.0
ACCOUNTS = 64
PORTAL = (sys.executable, "-m", "webapp")


@dataclass(frozen=True)
class HoldSizes:
    """How many silent clients of each kind, for how long, and how large the release is."""

    number: int
    seconds: float
    release_photos: int


FULL = HoldSizes(number=300, seconds=60, release_photos=1000)
TOY = HoldSizes(number=3, seconds=1.0, release_photos=2)


@dataclass
class HonestClient:
    """One way to use the hub, again and again, with a pause between; how long each use took."""

    port: int
    method: str
    path: str
    status: int
    pause_seconds: float
    body: bytes | None = None
    token: str = ""
    milliseconds: list[float] = field(default_factory=list)
    failures: int = 0

    def use_until(self, end: float) -> None:
        """Use it once at least."""
        while not self.milliseconds or time.monotonic() < end:
            started_at = time.monotonic()
            if self._is_served():
                self.milliseconds.append((time.monotonic() - started_at) * 1000)
            else:
                self.failures += 1
                self.milliseconds.append(PATIENCE_SECONDS * 1000)
            time.sleep(self.pause_seconds)

    @property
    def p95(self) -> float:
        """Of 100 uses, 95 took less."""
        ordered = sorted(self.milliseconds)
        return round(ordered[int(len(ordered) * 0.95)], 1)

    def _is_served(self) -> bool:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with closing(
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
            ) as connection:
                connection.request(self.method, self.path, self.body, headers)
                answer = connection.getresponse()
                answer.read()
                return answer.status == self.status
        except (OSError, http.client.HTTPException):
            return False


def main() -> None:
    """Start what is needed, measure and report."""
    with running_postgres() as catalogue_url:
        with closing(Database(catalogue_url)) as database:
            import_boxable(database)
        run(FULL, catalogue_url)


def run(sizes: HoldSizes, catalogue_url: str, portal: Sequence[str] = PORTAL) -> dict[str, float]:
    """Measure, add the figures to `build/figures/hold.json` and return them."""
    with running_portal(catalogue_url, sizes, portal) as (target, web):
        honest = {
            "healthz": HonestClient(target.port, "GET", "/healthz", 200, 0.05),
            "page": HonestClient(target.port, "GET", "/", 200, 0.2),
            "upload": HonestClient(target.port, "POST", UPLOAD, 202, 0.2, PHOTO, target.tokens[0]),
        }
        clients = subprocess.Popen(silent_clients.command(target), cwd=ROOT)
        try:
            memory = _use(list(honest.values()), sizes.seconds, lambda: _memory_bytes(web))
        finally:
            clients.kill()
            clients.wait()
    figures = {
        "healthz_p95_ms": honest["healthz"].p95,
        "page_p95_ms_under_attack": honest["page"].p95,
        "upload_p95_ms_under_attack": honest["upload"].p95,
        "failed_under_attack": float(sum(client.failures for client in honest.values())),
        "web_mb_under_attack": round(memory / 1e6, 1),
    }
    print(add_figures("hold", **figures))
    for name, number in figures.items():
        print(f"{name:48} {number}")
    for name, client in honest.items():
        print(f"{name}: {len(client.milliseconds)} uses, {client.failures} failed, median "
              f"{statistics.median(client.milliseconds):.1f} ms, longest "
              f"{max(client.milliseconds):.1f} ms")  # fmt: skip
    return figures


def _use(honest: list[HonestClient], seconds: float, measure: Callable[[], int]) -> int:
    """Let the honest clients work; the most that was measured meanwhile."""
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client.use_until, args=(until,)) for client in honest]
    for thread in threads:
        thread.start()
    most = measure()
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        most = max(most, measure())
    return most


def _memory_bytes(web: psutil.Process) -> int:
    """What the server's processes hold, together; pages that they share count more than once."""
    total = 0
    for process in (web, *web.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


@contextmanager
def running_portal(
    catalogue_url: str, sizes: HoldSizes, portal: Sequence[str]
) -> Iterator[tuple[silent_clients.AttackedPortal, psutil.Process]]:
    """A portal over a catalogue with a large release, and its process."""
    with TemporaryDirectory(prefix="bench-hold-") as folder:
        settings = Settings(
            data=Path(folder),
            catalogue_url=catalogue_url,
            log_topic=f"uploads-{uuid.uuid4().hex}",
            web_port=free_port(),
            limit_factor=1000,
        )
        tokens, release_id = _prepare(settings, sizes.release_photos)
        with (Path(folder) / "web.log").open("wb") as log:
            web = subprocess.Popen(
                portal, cwd=ROOT, env=settings.for_child(), stdout=log, stderr=log
            )
        try:
            wait_for(settings.web_port)
            target = silent_clients.AttackedPortal(
                settings.web_port, tokens, release_id, sizes.number
            )
            yield target, psutil.Process(web.pid)
        finally:
            web.terminate()
            web.wait(timeout=30)


def _prepare(settings: Settings, photos: int) -> tuple[list[str], str]:
    """Contributors' tokens, and a release of so many photos of 200 kB."""
    chance = random.Random(5)
    store = hub.open_store(settings)
    with closing(Database(settings.catalogue_url)) as database, database.transaction() as cursor:
        tokens = [factories.token(cursor, factories.account(cursor)) for _ in range(ACCOUNTS)]
        packed = [chance.randbytes(200_000) for _ in range(photos)]
        return tokens, release_with_photos(cursor, store, packed).id


if __name__ == "__main__":
    main()
