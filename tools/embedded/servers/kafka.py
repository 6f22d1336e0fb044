"""Runs Kafka as one KRaft node from Maven's jars."""

import subprocess
from pathlib import Path
from typing import Any, ClassVar

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from embedded.paths import CLASS_ARCHIVES, CONFIGS, KAFKA_JARS, class_archive
from embedded.preflight import JDK, require
from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK
from embedded.servers.jars import ensure as ensure_jars
from embedded.servers.server import Server

CLUSTER_ID = "c3RyZWFtLXNjb3V0LTAwMQ"  # any 16 bytes in base64
# 256 MB of heap are enough for the demo's load; 360 MB resident.
JVM_OPTIONS = ["-Xmx256m", "-Xms128m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true"]
# The C2 compiler never pays off at this load: a start took 3.6 s of CPU time with it and 2.2 s without.
JVM_OPTIONS += ["-XX:TieredStopAtLevel=1"]
TIMEOUT_SECONDS = 2.0
FREE_MEGABYTES = 64  # required before a broker starts: on a full disk it may truncate its own metadata log


class Kafka(Server):
    """One broker that is its own controller, on two ports of 127.0.0.1."""

    name: ClassVar[str] = "kafka"
    port_setting: ClassVar[str] = "KAFKA_PORT"
    ready_seconds: ClassVar[float] = 90.0  # 8-16 s on an idle machine

    def __init__(self, directory: Path, port: int, controller_port: int, *, archive_classes: bool = False) -> None:
        super().__init__(directory, port)
        self.controller_port = controller_port
        self._archive_classes = archive_classes  # whether its JVM writes a class archive when it exits
        self._admin: AdminClient | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Return the address for clients."""
        return f"{LOOPBACK}:{self.port}"

    def ports(self) -> dict[str, int]:
        """Map the settings of the broker's and the controller's port to the ports."""
        return {self.port_setting: self.port, "KAFKA_CONTROLLER_PORT": self.controller_port}

    def prepare(self) -> None:
        """Fetch the jars, write server.properties, and format the log folder once."""
        ensure_jars()
        self.directory.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(self._settings())
        if (self.directory / "data" / "meta.properties").exists():
            return
        tool = [
            "kafka.tools.StorageTool",
            "format",
            "-t",
            CLUSTER_ID,
            "-c",
            str(self._properties),
            "--ignore-formatted",
        ]
        done = subprocess.run(self._java(*tool), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetupError(f"Kafka could not format {self.directory}:\n{(done.stdout + done.stderr).strip()}")

    def command(self) -> list[str]:
        """Return the command of the broker's JVM."""
        archive = [f"-XX:ArchiveClassesAtExit={CLASS_ARCHIVES / 'kafka.jsa'}"] if self._archive_classes else []
        wait_for_space = [
            "bash",
            str(CONFIGS / "kafka" / "when_room.sh"),
            str(self.directory / "data"),
            str(FREE_MEGABYTES),
        ]
        return [*wait_for_space, *self._java(*archive, "kafka.Kafka", str(self._properties))]

    def answers(self) -> bool:
        """Return whether the broker lists itself."""
        if self._admin is None:
            quiet: dict[str, Any] = {"bootstrap.servers": self.bootstrap_servers, "log_level": 0}
            self._admin = AdminClient(quiet)
        try:
            return bool(self._admin.list_topics(timeout=TIMEOUT_SECONDS).brokers)
        except KafkaException:
            return False

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    def _java(self, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={CONFIGS / 'kafka' / 'log4j2.properties'}"
        archive = [] if self._archive_classes else class_archive("kafka")
        return [require(JDK), *JVM_OPTIONS, *archive, logging, "-cp", f"{KAFKA_JARS}/*", *arguments]

    def _settings(self) -> str:
        own = {
            "controller.quorum.voters": f"1@{LOOPBACK}:{self.controller_port}",
            "listeners": f"INTERNAL://{self.bootstrap_servers},CONTROLLER://{LOOPBACK}:{self.controller_port}",
            "advertised.listeners": f"INTERNAL://{self.bootstrap_servers}",
            "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.directory / "data"),
        }
        common = (CONFIGS / "kafka" / "server.properties").read_text()
        return common + "\n" + "".join(f"{key}={value}\n" for key, value in own.items())
