"""Every setting of the hub, read once into one frozen object.

This is the only module that reads the environment. The embedded and the cluster profile run the
same code and differ only in these values. A wrong value stops the program at start; the error names
the variable.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imagehub.errors import Misconfigured

PREFIX = "IMAGEHUB_"


def _text(value: str) -> str:
    return value.strip()


def _folder(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _whole(value: str) -> int:
    if not value.strip().isdecimal():
        raise ValueError("it must be a whole number")
    return int(value)


def _port(value: str) -> int:
    port = _whole(value)
    if not 1 <= port <= 65535:
        raise ValueError("a port is a number from 1 to 65535")
    return port


def _positive(value: str) -> int:
    number = _whole(value)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


def _url(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(f"it must begin with {' or '.join(f'{s}:' for s in schemes)}")
        return value

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.strip() not in choices:
            raise ValueError(f"it must be {' or '.join(choices)}")
        return value.strip()

    return read


def _storage(value: str) -> str:
    value = _url("folder", "s3")(value)
    if value.startswith("s3:") and not urlsplit(value).netloc:
        raise ValueError("it must name a bucket, s3://BUCKET[/PREFIX]")
    return value


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _json_object(value: str) -> str:
    try:
        is_object = isinstance(json.loads(value or "{}"), dict)
    except json.JSONDecodeError:
        is_object = False
    if not is_object:
        raise ValueError('it must be a JSON object, {"NAME": VALUE}')
    return value.strip()


def _setting(default: str, read: Callable[[str], Any], doc: str, *, is_secret: bool = False) -> Any:
    metadata = {"read": read, "default": default, "doc": doc, "is_secret": is_secret}
    return field(default=read(default), repr=not is_secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, typed; the defaults are the embedded profile.

    Each field is read from `IMAGEHUB_<FIELD IN CAPITALS>`.
    """

    data: Path = _setting("hub-data", _folder, "folder of everything the embedded hub keeps")
    catalogue_url: str = _setting(
        "",
        _url("postgresql", "postgres"),
        "Postgres 15+ with pgvector; empty: the embedded server of the data folder",
    )
    web_catalogue_url: str = _setting(
        "",
        _url("postgresql", "postgres"),
        "the same with the login of the web processes, which `python -m deploy.prepare` makes and"
        " `imagehub up` gives them; empty: the embedded hub has one, and others share the owner's",
        is_secret=True,
    )
    log_url: str = _setting(
        "postgres:",
        _url("postgres", "kafka"),
        "upload log: postgres: (a table of the catalogue) or kafka://HOST:PORT,HOST:PORT",
    )
    log_topic: str = _setting("uploads", _text, "topic of the upload log")
    log_options: str = _setting(
        "",
        _json_object,
        "further options of every Kafka client, as JSON: TLS, SASL; empty: none",
        is_secret=True,
    )
    storage_url: str = _setting(
        "folder:", _storage, "object store: folder:[PATH] or s3://BUCKET[/PREFIX]"
    )
    s3_endpoint_url: str = _setting("", _url("http", "https"), "S3 endpoint; empty: Amazon's")
    s3_region: str = _setting("us-east-1", _text, "S3 region")
    spark_master: str = _setting("local[*]", _text, "Spark master of the jobs")
    spark_memory: str = _setting("2g", _text, "memory of the Spark driver and of each executor")
    spark_cores: int = _setting(
        "0", _whole, "most cores of a Spark master spark:// that one session holds; 0: all of them"
    )
    scrub_bytes_per_second: int = _setting(
        "1000000",
        _whole,
        "bytes of the object store that the job scrub reads a second, to find damage; 0: none",
    )
    models: Path = _setting("hub-data/models", _folder, "folder of prepared or fetched networks")
    embedding_network: str = _setting(
        "auto", _text, "network whose features make embeddings; auto: the best one present"
    )
    class_network: str = _setting(
        "auto", _text, "network whose classes are evidence; auto: the best present; none: without"
    )
    confinement: str = _setting(
        "wanted",
        _one_of("wanted", "required"),
        "wanted: photos are decoded by a confined process, and the log says what this kernel does"
        " not take from it; required: then no photo is decoded",
    )
    web_host: str = _setting("127.0.0.1", _text, "address that the portal listens on")
    web_port: int = _setting("8000", _port, "port that the portal listens on")
    web_workers: int = _setting("2", _positive, "processes that serve the portal")
    web_threads: int = _setting("8", _positive, "threads of each of these processes")
    trusted_hosts: tuple[str, ...] = _setting(
        "localhost,127.0.0.1", _names, "host names that the portal answers to"
    )
    trusted_proxies: int = _setting(
        "0", _whole, "proxies in front of the portal, whose X-Forwarded-For and -Proto are believed"
    )
    sign_up: str = _setting(
        "open",
        _one_of("open", "closed"),
        "open: everybody may sign up; closed: admins let people in",
    )
    limit_factor: int = _setting(
        "1", _positive, "multiplies how often people may ask for things, as webapp/access.toml says"
    )
    training_runs: int = _setting(
        "30", _positive, "training runs that one premium account may ask for in 30 days"
    )
    training_minutes: int = _setting(
        "600", _positive, "minutes of executors that an account's runs may take in 30 days"
    )
    webhook_addresses: str = _setting(
        "public",
        _one_of("public", "any"),
        "where webhooks may lead: public: https into the open Internet; any: private networks too",
    )
    signing_key: Path = _setting(
        "hub-data/signing-key.pem", _folder, "Ed25519 key that signs release manifests"
    )

    server: str = _setting(
        "http://127.0.0.1:8000", _url("http", "https"), "hub that the commands speak to"
    )
    token: str = _setting("", _text, "token that the commands speak with", is_secret=True)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise Misconfigured naming the first wrong or unknown variable."""
        variables = {
            name: value
            for name, value in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX)
        }
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name = variable(setting.name)
            if name not in variables:
                continue
            text = variables.pop(name)
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as error:
                is_secret = setting.metadata["is_secret"] or "@" in text  # it may hold a password
                shown = "…" if is_secret else repr(text)
                raise Misconfigured(f"{name}={shown} is wrong: {error}.") from error
        if variables:
            known = ", ".join(variable(setting.name) for setting in fields(cls))
            raise Misconfigured(f"{min(variables)} is no setting of the hub. Known are: {known}.")
        data = values.get("data", cls.data)
        values.setdefault("models", data / "models")
        values.setdefault("signing_key", data / "signing-key.pem")
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """Write the settings as variables, so that a child process reads the same ones."""
        return {
            variable(setting.name): _to_text(getattr(self, setting.name))
            for setting in fields(self)
        }

    def for_child(self) -> dict[str, str]:
        """This process's environment with exactly these settings in it, for a child process."""
        return {
            **{name: text for name, text in os.environ.items() if not name.startswith(PREFIX)},
            **self.to_environment(),
        }


def variable(field_name: str) -> str:
    """Name the environment variable of a setting."""
    return PREFIX + field_name.upper()


def _to_text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def launched_by_spark_submit() -> bool:
    """True in a program that `spark-submit` started: its options then rule master and memory."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def keep_spark_on_loopback() -> None:
    """Have the Java that pyspark starts use the loopback address.

    It takes its own address from these variables and nowhere else; without them it asks DNS for
    this machine's name, which may be unknown.
    """
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "127.0.0.1")


def tell_tensorflow_its_cluster(nodes: Sequence[str], index: int) -> None:
    """Say where the workers of a training cluster are and which this process is.

    TensorFlow reads it from nowhere else. `tf.keras` is then the Keras that trains on several.
    """
    task = {"type": "worker", "index": index}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": list(nodes)}, "task": task})
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
