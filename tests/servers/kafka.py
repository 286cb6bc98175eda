"""A real Apache Kafka as a child process: one KRaft node that is broker and controller.

Its jars come from Maven Central, fetched once by the Ivy that pyspark carries.
"""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pyspark
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local.preflight import free_port
from imagehub.errors import Misconfigured, Unavailable
from imagehub.java import java
from tests.servers.cache import CACHE, cached, run

VERSION = "4.3.0"
START_TIMEOUT_SECONDS = 60
SASL_USER, SASL_PASSWORD = "hub", "none-of-your-business"
PROGRAMS = f"""
<ivy-module version="2.0">
  <info organisation="deep-images-hub" module="kafka-broker"/>
  <configurations><conf name="default"/></configurations>
  <dependencies>
    <dependency org="org.apache.kafka" name="kafka_2.13" rev="{VERSION}" conf="default"/>
    <dependency org="org.slf4j" name="slf4j-simple" rev="1.7.36" conf="default"/>
  </dependencies>
</ivy-module>
"""
CONFIGURATION = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},SASL_PLAINTEXT://127.0.0.1:{sasl_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_PLAINTEXT://127.0.0.1:{sasl_port}
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config={login} user_{sasl_user}="{sasl_password}";
controller.listener.names=CONTROLLER
listener.security.protocol.map={protocols}
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
auto.create.topics.enable=false
# One broker has no second copy: what it acknowledges must be on the disk.
log.flush.interval.messages=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=200
"""


@dataclass(frozen=True)
class Kafka:
    """A broker's folder and ports; `prepare` it once, then run `command` under a supervisor.

    At `sasl_port` it lets in who gives SASL_USER and SASL_PASSWORD.
    """

    folder: Path
    port: int
    cache: Path = CACHE
    sasl_port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """What the setting IMAGEHUB_LOG_URL takes."""
        return f"kafka://127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        """The broker's command line; it stays in the foreground and stops on SIGTERM."""
        return [
            *(java(), "-Xmx512m", "-XX:+UseSerialGC"),
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            *("-cp", f"{programs(self.cache)}/*", "kafka.Kafka", str(self._configuration)),
        ]

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    def prepare(self) -> None:
        """Fetch the programs and make the broker's files; raise Misconfigured if that fails."""
        data = self.folder / "data"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(
            CONFIGURATION.format(
                port=self.port,
                controller_port=free_port(),
                data=data,
                sasl_port=self.sasl_port,
                protocols="PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                login="org.apache.kafka.common.security.plain.PlainLoginModule required",
                sasl_user=SASL_USER,
                sasl_password=SASL_PASSWORD,
            ),
            encoding="utf-8",
        )
        if (data / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        run(
            [
                *(java(), "-cp", f"{programs(self.cache)}/*", "kafka.tools.StorageTool"),
                *("format", "--ignore-formatted", "-c", str(self._configuration)),
                f"--cluster-id={cluster}",  # may begin with a dash
            ],
            f"Kafka cannot be set up in {self.folder}",
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the broker and return when it answers. The caller stops the process."""
        self.prepare()
        with (self.folder / "kafka.log").open("ab") as log:
            process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        self.wait(process)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the broker answers."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                # A port that is not open yet makes the client wait longer than it has to.
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                KafkaAdminClient(
                    bootstrap_servers=f"127.0.0.1:{self.port}", bootstrap_timeout_ms=2000
                ).close()
                return
            except (OSError, KafkaError) as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(
                        f"Kafka did not start; see {self.folder / 'kafka.log'}."
                    ) from error
                time.sleep(0.1)


def programs(cache: Path = CACHE) -> Path:
    """The folder of Kafka's jars, fetched first where it is missing (about a minute)."""
    return cached(f"kafka-{VERSION}", _fetch, cache)


def _fetch(folder: Path) -> None:
    ivy = next((Path(pyspark.__file__).parent / "jars").glob("ivy-*.jar"))
    work = folder / "ivy"
    work.mkdir()
    (work / "ivy.xml").write_text(PROGRAMS, encoding="utf-8")
    run(
        [
            *(java(), f"-Divy.default.ivy.user.dir={work}", "-jar", str(ivy)),
            *("-cache", str(work), "-ivy", str(work / "ivy.xml"), "-confs", "default"),
            *("-retrieve", f"{folder}/[artifact]-[revision].[ext]"),
        ],
        f"Kafka {VERSION} cannot be fetched from Maven Central",
    )
    if not (folder / f"kafka_2.13-{VERSION}.jar").exists():
        raise Misconfigured(f"What Maven Central gave for Kafka {VERSION} lacks its main part.")
    shutil.rmtree(work)
