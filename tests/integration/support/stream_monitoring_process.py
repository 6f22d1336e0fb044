"""The service as a process beside a simulator, and a reader of its records in Kafka."""

import json
import os
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
from integration.support.service_start import Service, start_service

from contracts import topics
from embedded.processes.ports import free_ports
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader
from twitch_simulator.process import SimulatorProcess

DEADLINE = 90.0  # seconds; the machine may be busy
STOP_SECONDS = 40.0
NOT_INHERITED = ("TWITCH_", "POSTGRES_", "MONITORING_", "SPOOL_", "KAFKA_")  # prefixes of variables


class MonitoringProcess:
    """`python -m stream_monitoring`, started again and again on the same spool."""

    def __init__(
        self, log: Path, spool: Path, twitch: SimulatorProcess, bootstrap_servers: str, **settings: str
    ) -> None:
        health, metrics = free_ports(2)
        self.log, self.spool = log, spool
        self._health, self._metrics = f"http://127.0.0.1:{health}", f"http://127.0.0.1:{metrics}/metrics"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(NOT_INHERITED)},
            "MONITORING_CHAT_URL": f"irc://127.0.0.1:{twitch.ports['irc']}",
            "MONITORING_HEALTH_PORT": str(health),
            "MONITORING_METRICS_PORT": str(metrics),
            "SPOOL_DIRECTORY": str(spool),
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            **settings,
        }
        self.command: list[str] = []  # instead of the service's own
        self.process: Service | None = None

    def start(self) -> None:
        """Start the process; `problems` shows how far it is."""
        if not self.command:
            self.process = start_service("stream_monitoring", self.environment, self.log)
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stderr=log)

    def problems(self) -> dict[str, str]:
        """Return the problems of /ready; fail with the log if the process has ended."""
        assert self.process is not None
        assert self.process.poll() is None, self.log_text()
        try:
            return dict(httpx.get(f"{self._health}/ready", timeout=10).json()["problems"])
        except httpx.HTTPError as error:
            return {"health": str(error)}

    def ready(self) -> bool:
        """Return whether there is no problem."""
        return not self.problems()

    def measured(self, name: str, **labels: str) -> float:
        """Return a metric's value, 0.0 if it was not counted yet."""
        labelled = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        sample = f"{name}{{{labelled}}} " if labelled else f"{name} "
        lines = httpx.get(self._metrics, timeout=10).text.splitlines()
        return next((float(line.removeprefix(sample)) for line in lines if line.startswith(sample)), 0.0)

    def log_text(self) -> str:
        """Return the log so far."""
        return self.log.read_text() if self.log.exists() else ""

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait until the process ends and return the exit code."""
        assert self.process is not None
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code


class Follower:
    """A reader of a topic from its start that reads on at each call; the service may write meanwhile."""

    def __init__(self, bootstrap_servers: str, topic: topics.Topic) -> None:
        self._found: list[dict[str, Any]] = []
        settings = KafkaSettings(bootstrap_servers=bootstrap_servers, username=None, password_file=None)
        self._topic = TopicReader(consumer_config(settings, "follows-in-a-test"), topic.name)

    def values(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the records so far without ticks, each partition in its order."""
        decoded = [json.loads(each.value()) for each in self._topic.read_to_end()]
        self._found += [each for each in decoded if isinstance(each, dict) and each.get("kind") != "tick"]
        return [each for each in self._found if kind in ("", each.get("kind"))]

    def close(self) -> None:
        """Close the consumer."""
        self._topic.close()


def ids_by_channel(rows: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the ids of messages in their order, by channel."""
    channels: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        channels[row["channel_id"]].append(row["message_id"])
    return dict(channels)
