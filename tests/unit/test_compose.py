"""docker-compose.yml, held against the settings and the parts of the embedded hub.

No container can be started in a unit test; what is checked is that names, ports and settings agree.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.local.parts import PROGRAMS
from imagehub.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {
    "POSTGRES_PASSWORD": "p0stgres",
    "POSTGRES_WEB_PASSWORD": "w3b",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "s3cret",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    filled = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: GIVEN[found[1]], text)
    return dict(yaml.safe_load(filled)["services"])


def ours(services: dict[str, Any]) -> dict[str, Any]:
    return {
        name: service for name, service in services.items() if service["image"] == "deep-images-hub"
    }


def settings_of(service: dict[str, Any]) -> Settings:
    environment = service.get("environment", {})
    return Settings.from_environment(
        {name: str(value) for name, value in environment.items() if name.startswith(PREFIX)}
    )


def port_of(service: dict[str, Any], pattern: str) -> int:
    found = re.search(pattern, yaml.safe_dump(service))
    assert found
    return int(found[1])


def test_the_hubs_own_programs_are_those_of_the_embedded_hub(services: dict[str, Any]) -> None:
    for name, arguments in PROGRAMS.items():
        assert services[name]["command"] == ["python", "-m", *arguments]
    modules = {
        service["command"][2]
        for service in ours(services).values()
        if service["command"][:2] == ["python", "-m"]
    }
    assert modules == {arguments[0] for arguments in PROGRAMS.values()} | {"deploy.prepare"}


def test_every_setting_is_one_of_the_hubs_and_can_be_read(services: dict[str, Any]) -> None:
    read = [
        replace(settings_of(service), catalogue_url="", web_catalogue_url="")
        for service in ours(services).values()
    ]
    assert len(read) >= len(PROGRAMS)
    assert len(set(read)) == 1, "the programs must agree"


def test_only_the_web_processes_have_the_login_that_owns_nothing(services: dict[str, Any]) -> None:
    web = settings_of(services["web"])
    made = settings_of(services["prepare"])
    assert web.catalogue_url == made.web_catalogue_url
    assert web.web_catalogue_url == ""
    assert GIVEN["POSTGRES_PASSWORD"] not in yaml.safe_dump(services["web"])
    for name, service in ours(services).items():
        if name != "web":
            assert settings_of(service).catalogue_url == made.catalogue_url, name


def test_our_own_containers_have_no_privilege_and_each_a_limit(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
    for name, service in ours(services).items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["pids_limit"] > 0, name


def test_every_address_in_the_settings_is_a_service_that_listens_there(
    services: dict[str, Any],
) -> None:
    settings = settings_of(services["web"])
    for url, name, pattern in (
        (settings.log_url, "kafka", r"KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:(\d+)"),
        (settings.s3_endpoint_url, "s3", r"--port\n- :(\d+)"),
        (settings.spark_master, "spark-master", r"--port\n- '(\d+)'"),
    ):
        where = urlsplit(url)
        assert where.hostname == name
        assert where.port == port_of(services[name], pattern)
    assert urlsplit(settings.catalogue_url).hostname == "postgres"


def test_the_catalogue_is_the_database_that_postgres_makes(services: dict[str, Any]) -> None:
    url = urlsplit(settings_of(services["jobs"]).catalogue_url)
    made = services["postgres"]["environment"]
    assert (url.username, url.password) == (made["POSTGRES_USER"], made["POSTGRES_PASSWORD"])
    assert url.path == f"/{made['POSTGRES_DB']}"
    assert "pgvector" in services["postgres"]["image"]


def test_the_bucket_is_made_where_the_settings_look_for_it(services: dict[str, Any]) -> None:
    settings = settings_of(services["web"])
    bucket = urlsplit(settings.storage_url).netloc
    script = services["bucket"]["command"][-1]
    compile(script, "bucket", "exec")
    assert f'create_bucket(Bucket="{bucket}")' in script
    assert f'endpoint_url="{settings.s3_endpoint_url}"' in script
    assert f'region_name="{settings.s3_region}"' in script
    keys = services["s3"]["environment"]
    assert services["web"]["environment"]["AWS_ACCESS_KEY_ID"] == keys["ROOT_ACCESS_KEY"]
    assert services["web"]["environment"]["AWS_SECRET_ACCESS_KEY"] == keys["ROOT_SECRET_KEY"]


def test_the_portals_port_is_published_on_this_machine_only(services: dict[str, Any]) -> None:
    settings = settings_of(services["web"])
    assert services["web"]["ports"] == [f"127.0.0.1:{settings.web_port}:{settings.web_port}"]
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["web"]


def test_every_program_waits_for_the_one_shot_steps(services: dict[str, Any]) -> None:
    for name in PROGRAMS:
        steps = {
            step
            for step, wait in services[name]["depends_on"].items()
            if wait["condition"] == "service_completed_successfully"
        }
        assert steps == {"prepare", "bucket"}


def test_no_password_is_written_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.search(r"(PASSWORD|SECRET|ACCESS_KEY\w*): ", line):
            assert ":?" in line, line


def test_the_image_holds_every_package_and_java_for_spark() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+) \w+$", text, flags=re.MULTILINE))
    assert copied == {"imagehub", "ingestion", "spark_jobs", "webapp", "training", "deploy"}
    java = re.search(r"openjdk-(\d+)-jre", text)
    assert java
    assert int(java[1]) >= 17


def test_sparks_worker_keeps_its_files_where_the_images_user_may_write() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    folder = re.search(r"SPARK_WORKER_DIR=(\S+)", text)
    user = re.search(r"^USER (\w+)$", text, flags=re.MULTILINE)
    assert folder
    assert user
    owned = re.search(rf"install -d -o {user[1]} -g {user[1]} (.+)$", text, flags=re.MULTILINE)
    assert owned
    assert folder[1] in owned[1].split()
