"""Settings: typed, frozen, and wrong values refused by name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from imagehub.errors import Misconfigured
from imagehub.hub import portal_url
from imagehub.settings import Settings, variable


def test_no_variable_at_all_gives_the_embedded_profile() -> None:
    settings = Settings.from_environment({})
    assert (settings.catalogue_url, settings.log_url, settings.storage_url) == (
        "",
        "postgres:",
        "folder:",
    )


def test_models_and_key_follow_the_data_folder(tmp_path: Path) -> None:
    settings = Settings.from_environment({"IMAGEHUB_DATA": str(tmp_path)})
    assert settings.models == tmp_path / "models"
    assert settings.signing_key == tmp_path / "signing-key.pem"


def test_settings_survive_the_way_to_a_child_process() -> None:
    settings = Settings.from_environment(
        {"IMAGEHUB_LOG_URL": "kafka://a:1,b:2", "IMAGEHUB_TRUSTED_HOSTS": "hub.example, localhost"}
    )
    assert Settings.from_environment(settings.to_environment()) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMAGEHUB_WEB_PORT", "http"),
        ("IMAGEHUB_WEB_PORT", "70000"),
        ("IMAGEHUB_WEB_WORKERS", "0"),
        ("IMAGEHUB_LOG_URL", "redis://x"),
        ("IMAGEHUB_STORAGE_URL", "ftp://x"),
        ("IMAGEHUB_CATALOGUE_URL", "mysql://x"),
        ("IMAGEHUB_COLOUR", "red"),
        ("IMAGEHUB_LOG_OPTIONS", "security_protocol=SSL"),
        ("IMAGEHUB_LOG_OPTIONS", '["SSL"]'),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Settings.from_environment({name: value})


def test_what_is_wrong_is_said_in_words_and_without_a_password() -> None:
    with pytest.raises(Misconfigured, match="a whole number"):
        Settings.from_environment({"IMAGEHUB_WEB_PORT": "http"})
    with pytest.raises(Misconfigured) as wrong:
        Settings.from_environment({"IMAGEHUB_CATALOGUE_URL": "postgresq://ana:secret@host/hub"})
    assert "secret" not in str(wrong.value)
    with pytest.raises(Misconfigured, match="JSON object") as wrong:
        Settings.from_environment({"IMAGEHUB_LOG_OPTIONS": '{"sasl_plain_password": "secret"'})
    assert "secret" not in str(wrong.value)
    with pytest.raises(Misconfigured, match="BUCKET"):
        Settings.from_environment({"IMAGEHUB_STORAGE_URL": "s3:///prefix"})


def test_other_programs_variables_are_none_of_our_business() -> None:
    Settings.from_environment({"PATH": "/bin", "AWS_ACCESS_KEY_ID": "x"})


def test_secrets_are_not_shown_where_settings_are() -> None:
    settings = Settings(log_options='{"sasl_plain_password": "secret"}', token="dih_secret")
    assert "secret" not in repr(settings)


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_environment({}).web_port = 1  # type: ignore[misc] # what is being tested


def test_the_portal_is_where_the_settings_say_or_where_the_embedded_hub_noted(
    tmp_path: Path,
) -> None:
    assert portal_url(Settings(data=tmp_path)) == "http://127.0.0.1:8000"
    (tmp_path / "portal.url").write_text("http://127.0.0.1:8123/")
    assert portal_url(Settings(data=tmp_path)) == "http://127.0.0.1:8123"
    named = Settings(data=tmp_path, server="https://hub.example.org/")
    assert portal_url(named) == "https://hub.example.org"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.metadata["doc"] for setting in fields(Settings))
    assert variable("web_port") == "IMAGEHUB_WEB_PORT"
