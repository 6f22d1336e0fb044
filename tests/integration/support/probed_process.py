"""A service as a process that is asked for its health and its metrics."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integration.support.metrics_page import total
from integration.support.service_start import start_service

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

DEADLINE = 60.0  # seconds; the machine may be busy


class ProbedProcess:
    """`python -m NAME`; its settings for the two ports, of health and metrics, begin with the name."""

    def __init__(self, name: str, log: Path) -> None:
        self._health_port, self.metrics_port = free_ports(2)
        self._name, self.log = name, log
        self._environment: Mapping[str, str] = {}

    def port_settings(self) -> dict[str, str]:
        """Return the settings of its ports."""
        prefix = self._name.upper()
        return {
            f"{prefix}_HEALTH_PORT": str(self._health_port),
            f"{prefix}_METRICS_PORT": str(self.metrics_port),
        }

    def start(self, **settings: str) -> None:
        """Start it and wait until it is ready."""
        self.process = start_service(self._name, {**self._environment, **settings}, self.log)
        wait_for(f"{self._name} is ready", lambda: self.ready()[0] == 200, DEADLINE)

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Return the answer of /ready; 0 without one."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health_port}/ready", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            assert self.process.poll() is None, self.log.read_text()
            return 0, {}

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples."""
        return total(self.metrics_port, name)
