"""The operator's options reach every client of Kafka: with them SASL is a setting."""

from __future__ import annotations

import json
import logging

import pytest

from imagehub.errors import Misconfigured, Unavailable
from imagehub.hub import open_log
from imagehub.settings import Settings
from tests.servers.kafka import SASL_PASSWORD, SASL_USER, Kafka
from tests.services.logs import message, read


def options(**others: object) -> dict[str, object]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": SASL_USER,
        "sasl_plain_password": SASL_PASSWORD,
        **others,
    }


def settings(kafka: Kafka, given: dict[str, object]) -> Settings:
    return Settings.from_environment(
        {
            "IMAGEHUB_LOG_URL": f"kafka://127.0.0.1:{kafka.sasl_port}",
            "IMAGEHUB_LOG_OPTIONS": json.dumps(given),
        }
    )


def test_a_broker_that_asks_for_a_password_gets_it_from_every_client(
    kafka_server: Kafka, topic: str
) -> None:
    log = open_log(settings(kafka_server, options(client_id="hub")), topic)
    log.append(message())
    consumer = log.consumer("g")
    assert len(read(consumer, 1)) == 1
    assert log.lag("g") == 1
    consumer.close()
    log.close()


def test_a_wrong_password_lets_nothing_in_and_is_never_shown(
    kafka_server: Kafka, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log = open_log(settings(kafka_server, options(sasl_plain_password="our-secret")), topic)
    with pytest.raises(Unavailable, match="does not answer") as wrong:
        log.append(message())
    assert "our-secret" not in str(wrong.value) + caplog.text
    log.close()


@pytest.mark.parametrize("name", ["sasl_pasword", "bootstrap_servers", "acks", "group_id"])
def test_an_option_that_is_not_for_every_client_is_refused_by_name(
    kafka_server: Kafka, topic: str, name: str
) -> None:
    with pytest.raises(Misconfigured, match=f"IMAGEHUB_LOG_OPTIONS names {name},"):
        open_log(settings(kafka_server, {name: "x"}), topic)
