"""The parts of a hub, as data: what runs, in which order, and how each shows that it is ready."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import requests

from deploy.local.postgres import Postgres
from imagehub.settings import Settings, variable
from ingestion.__main__ import EXIT_FLOODED

PROGRAMS: dict[str, tuple[str, ...]] = {
    "web": ("webapp",),
    "ingestion": ("ingestion",),
    "jobs": ("spark_jobs", "watch"),
}
"""The hub's own programs: what follows `python -m`. Containers run the same ones."""

TRAINER = {"trainer": ("training", "serve")}
NEEDED_TO_TRAIN = ("tensorflow", "tensorflowonspark", "tf_keras")
HOW_TO_TRAIN = (
    "Training runs wait: this hub has no TensorFlow. `pip install -e '.[training]'` (1.9 GB), then"
    " start it again."
)

STAYS_DOWN_AFTER = {"ingestion": frozenset({EXIT_FLOODED})}
"""A flood of messages that cannot be handled stops the line until a person has looked."""


def _is_running() -> bool:
    return True


def _nothing() -> None:
    return


@dataclass(frozen=True)
class Part:
    """One process that the supervisor keeps running.

    `environment` is beside that of all parts. `is_ready` is asked while the process lives;
    `before_start` runs before every start. A service is what the programs use: it stops after them.
    The hub ends where a service, or a program that `is_needed`, cannot live. A part that ends with
    a status in `stays_down_after` has said that a person must look first; it is not started again.
    """

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] = _is_running
    before_start: Callable[[], None] = _nothing
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None
    cwd: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=dict)
    is_service: bool = False
    is_needed: bool = False
    stays_down_after: frozenset[int] = frozenset()


def services(settings: Settings, postgres: Postgres) -> list[Part]:
    """The services that the settings leave to this machine; they start first and stop last."""
    if settings.catalogue_url:
        return []
    postgres.prepare()
    return [
        Part(
            name="postgres",
            command=tuple(postgres.command),
            is_ready=postgres.is_ready,
            before_start=postgres.prepare,
            stop_signal=signal.SIGINT,  # fast shutdown: no waiting for clients
            user=postgres.user,
            cwd=postgres.folder,
            is_service=True,
        )
    ]


def can_train() -> bool:
    """True if what the trainer needs is installed here."""
    return all(find_spec(name) is not None for name in NEEDED_TO_TRAIN)


def hub_programs(with_trainer: bool) -> dict[str, tuple[str, ...]]:
    """What follows `python -m` for each program that this machine runs."""
    return {**PROGRAMS, **(TRAINER if with_trainer else {})}


def programs(settings: Settings) -> list[Part]:
    """The hub's own programs."""
    checks = {"web": lambda: _answers(settings)}
    return [
        Part(
            name=name,
            command=(sys.executable, "-m", *arguments),
            is_ready=checks.get(name, _is_running),
            environment=_web_environment(settings) if name == "web" else {},
            is_needed=name == "web",
            stays_down_after=STAYS_DOWN_AFTER.get(name, frozenset()),
            cwd=settings.data,
        )
        for name, arguments in hub_programs(can_train()).items()
    ]


def _web_environment(settings: Settings) -> dict[str, str]:
    """The web processes know no other login than theirs."""
    if not settings.web_catalogue_url:
        return {}
    return {
        variable("catalogue_url"): settings.web_catalogue_url,
        variable("web_catalogue_url"): "",
    }


def portal_address(settings: Settings) -> str:
    """Where a browser on this machine finds the portal."""
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::", "") else settings.web_host  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.web_port}/"


def _answers(settings: Settings) -> bool:
    try:
        answer = requests.get(
            f"{portal_address(settings)}healthz",
            headers={"Host": settings.trusted_hosts[0]} if settings.trusted_hosts else {},
            timeout=2,
        )
    except requests.RequestException:
        return False
    return bool(answer.status_code == 200)
