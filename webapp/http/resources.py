"""The resources that requests use: catalogue, upload log, object store, models.

Each worker process has its own. A connection opens when the first request needs it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context

from imagehub import hub
from imagehub.catalogue.database import Database
from imagehub.catalogue.web_login import ROLE
from imagehub.log.protocol import UploadLog
from imagehub.sandbox.pool import Sandbox
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.vision.trained import TrainedModels
from imagehub.vocabulary import Account
from webapp.http.confined_models import ConfinedModels

EXTENSION = "hub_resources"
Resource = TypeVar("Resource")


class Resources:
    """The resources of one process. Safe to share between threads; a fork opens its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._opened: dict[str, Any] = {}

    @property
    def database(self) -> Database:
        """The catalogue, restricted by row-level security to what the request's account may see."""
        account: Account | None = g.get("asker") if has_request_context() else None
        return self._catalogue.acting_for(account.id) if account else self._catalogue

    @property
    def sign_in_database(self) -> Database:
        """The catalogue for authentication, before an account is known."""
        return self._catalogue.for_sign_in()

    @property
    def _catalogue(self) -> Database:
        return self._resource("database", lambda settings: hub.open_catalogue(settings, ROLE))

    @property
    def log(self) -> UploadLog:
        """The upload log."""
        return self._resource("log", hub.open_log)

    @property
    def store(self) -> ObjectStore:
        """The object store."""
        return self._resource("store", hub.open_store)

    @property
    def confined_models(self) -> ConfinedModels:
        """Trained models, with the sandbox that decodes photos for them."""
        return self._resource(
            "confined_models",
            lambda settings: ConfinedModels(
                Sandbox(1, must_be_confined=settings.confinement == "required"), TrainedModels()
            ),
        )

    def _resource(self, name: str, open_it: Callable[[Settings], Resource]) -> Resource:
        with self._lock:
            if self._process != os.getpid():
                self._opened.clear()
                self._process = os.getpid()
            if name not in self._opened:
                self._opened[name] = open_it(self.settings)
            found: Resource = self._opened[name]
            return found


def install(app: Flask, opened: Resources) -> None:
    """Give an application its resources."""
    app.extensions[EXTENSION] = opened


def resources() -> Resources:
    """The resources of the application that answers the present request."""
    found: Resources = current_app.extensions[EXTENSION]
    return found
