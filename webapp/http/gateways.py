"""The doors that requests go through: catalogue, upload log, object store.

Each worker process has its own; a door opens when the first request needs it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context

from imagehub import hub
from imagehub.catalogue.database import Database
from imagehub.log.protocol import UploadLog
from imagehub.sandbox.pool import Sandbox
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.vision.trained import TrainedModels
from imagehub.vocabulary import Account
from webapp.http.confined_models import ConfinedModels

EXTENSION = "gateways"
ROLE = "imagehub_web"
"""What requests act as in Postgres, so that its row-level security holds for them."""

Door = TypeVar("Door")


class Gateways:
    """The doors of one process. Safe to share between threads; a fork opens its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._doors: dict[str, Any] = {}

    @property
    def database(self) -> Database:
        """The catalogue, as who asks may see it."""
        asker: Account | None = g.get("asker") if has_request_context() else None
        return self._catalogue.acting_for(asker.id) if asker else self._catalogue

    @property
    def entrance(self) -> Database:
        """The catalogue, for finding out who asks."""
        return self._catalogue.at_the_door()

    @property
    def _catalogue(self) -> Database:
        return self._door("database", lambda settings: hub.open_catalogue(settings, ROLE))

    @property
    def log(self) -> UploadLog:
        """The upload log."""
        return self._door("log", hub.open_log)

    @property
    def store(self) -> ObjectStore:
        """The object store."""
        return self._door("store", hub.open_store)

    @property
    def confined_models(self) -> ConfinedModels:
        """What looks at photos with trained models."""
        return self._door(
            "confined_models", lambda _: ConfinedModels(Sandbox(size=1), TrainedModels())
        )

    def _door(self, name: str, opened: Callable[[Settings], Door]) -> Door:
        with self._lock:
            if self._process != os.getpid():
                self._doors.clear()
                self._process = os.getpid()
            if name not in self._doors:
                self._doors[name] = opened(self.settings)
            door: Door = self._doors[name]
            return door


def install(app: Flask, gateways: Gateways) -> None:
    """Give an application its doors."""
    app.extensions[EXTENSION] = gateways


def gateways() -> Gateways:
    """The doors of the application that answers the present request."""
    found: Gateways = current_app.extensions[EXTENSION]
    return found
