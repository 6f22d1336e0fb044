"""The log source and the collector as processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx
from integration.support.metrics_page import total

from embedded.processes.ports import free_ports
from embedded.processes.processes import spawn
from embedded.processes.waiting import wait_for

REPOSITORY = Path(__file__).resolve().parents[3]
PATH = os.pathsep.join(str(REPOSITORY / name) for name in ("libraries", "services"))
START_SECONDS = 30.0


class Program:
    """A process that can be killed and started again."""

    command: list[str]

    def __init__(self, folder: Path, name: str, **settings: str) -> None:
        self.log = folder / f"{name}.log"
        self.environment = os.environ | {"PYTHONPATH": PATH, "MALLOC_ARENA_MAX": "2"} | settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self.process = spawn(self.command, self.environment, self.log)
        wait_for(f"{self.log.stem} answers", self.answers, START_SECONDS)
        return self

    def answers(self) -> bool:
        raise NotImplementedError

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)


class LogSource(Program):
    """`python -S -m log_source`, as the image starts it."""

    def __init__(self, folder: Path, containers: Path, name: str = "log_source") -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = [sys.executable, "-S", "-m", "log_source"]
        super().__init__(folder, name, LOG_SOURCE_FOLDER=str(containers), LOG_SOURCE_PORT=str(self.port))

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/live", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


class LogCollector(Program):
    """`python -m log_collector`."""

    def __init__(self, folder: Path, store_url: str, processing: str, reliable: str = "", poll: str = "0.1") -> None:
        (self.port,) = free_ports(1)
        self.command = [sys.executable, "-m", "log_collector"]
        super().__init__(
            folder,
            "log_collector",
            LOGS_STORE_URL=store_url,
            LOGS_PROCESSING_URL=processing,
            LOGS_RELIABLE_URL=reliable,
            LOGS_POLL_SECONDS=poll,
            LOGS_METRICS_PORT=str(self.port),
        )

    def answers(self) -> bool:
        return self.metric("process_start_time_seconds") > 0

    def metric(self, name: str) -> float:
        return total(self.port, name)
