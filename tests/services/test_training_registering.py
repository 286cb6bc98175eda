"""A trained model as evidence: the operator's command, and what the network then says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imagehub.catalogue.database import Database
from imagehub.errors import NotFound, Unavailable
from imagehub.hub import open_store
from imagehub.settings import Settings
from imagehub.vision import registry
from imagehub.vision.featurizer import Featurizer
from tests import factories
from tests.factories import training as making
from training import __main__ as command
from training.registering import register


@pytest.fixture
def settings(catalogue_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, catalogue_url=catalogue_url, models=tmp_path / "models")


def test_a_registered_model_speaks_of_its_labels_as_the_class_network(
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with database.transaction() as cursor:
        model = making.model(cursor, open_store(settings), factories.account(cursor))
        cursor.execute("select labels from models where id = %s", (model,))
        labels = [label["mid"] for label in cursor.fetchone().labels]
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    assert command.main(["register", model]) == 0
    assert "IMAGEHUB_CLASS_NETWORK=trained-" in capsys.readouterr().out
    named = Settings.from_environment(
        {**settings.to_environment(), "IMAGEHUB_CLASS_NETWORK": f"trained-{model[:8]}"}
    )
    eyes = Featurizer(registry.choose(named))
    bright, dark = (np.full((64, 64, 3), grey, np.uint8) for grey in (240, 20))
    seen = eyes.look([bright, dark]).classes
    assert [
        max(probabilities, key=lambda mid: probabilities[mid]) for probabilities in seen
    ] == labels[:2]


def test_what_is_no_model_or_was_changed_is_not_registered(
    database: Database, settings: Settings
) -> None:
    changed = bytes([*making.TINY_MODEL[:-1], making.TINY_MODEL[-1] ^ 1])
    with database.transaction() as cursor:
        model = making.model(cursor, open_store(settings), factories.account(cursor), small=changed)
    with pytest.raises(Unavailable, match="damaged"):
        register(settings, database, model, lambda _: None)
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            register(settings, database, wrong, lambda _: None)
    assert not list((settings.models).glob("trained-*"))
