"""The standby of machine A beside a running system: the same program with its own spool."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from embedded.processes.ports import free_ports
from embedded.processes.processes import spawn
from embedded.processes.waiting import wait_for
from embedded.system import System

READY_SECONDS = 90.0
STOP_SECONDS = 30.0


class Standby:
    """Runs inside the block. `settings`: further environment of its process."""

    def __init__(self, system: System, folder: Path, settings: Mapping[str, str]) -> None:
        self._health, metrics = free_ports(2)
        self._log = folder / "standby.log"
        self._environment = {
            **system.environment("stream_monitoring"),
            "MONITORING_ROLE": "standby",
            "MONITORING_INSTANCE": "reliable",
            "MONITORING_CHOOSER": "false",
            "MONITORING_HAS_STANDBY": "false",
            "MONITORING_HEALTH_PORT": str(self._health),
            "MONITORING_METRICS_PORT": str(metrics),
            "MONITORING_CHANNEL_LIST_FILE": str(folder / "standby.json"),
            "SPOOL_DIRECTORY": str(folder / "standby-spool"),
            **settings,
        }

    def __enter__(self) -> Self:
        self._process = spawn([sys.executable, "-m", "stream_monitoring"], self._environment, self._log)
        self.pid = self._process.pid
        wait_for("the standby is ready", self._is_ready, READY_SECONDS, 0.5)
        return self

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._health}/ready", timeout=5).is_success
        except httpx.TransportError:
            return False

    @property
    def log(self) -> str:
        """Return what it has logged."""
        return self._log.read_text()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_SECONDS)
