"""VictoriaLogs as a process, with the flags of the compose file."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
import yaml

from embedded.processes.ports import free_ports
from embedded.processes.processes import spawn
from embedded.processes.waiting import wait_for

REPOSITORY = Path(__file__).resolve().parents[3]
BUILT = REPOSITORY / "build/bin/victoria-logs"
BINARY = str(BUILT) if BUILT.exists() else shutil.which("victoria-logs")
needs_store = pytest.mark.skipif(BINARY is None, reason="VictoriaLogs is not built: make victoria-logs (needs Go)")
START_SECONDS = 20.0


def flags() -> list[str]:
    """Return the flags that machine B gives it, without its folder and address."""
    services = yaml.safe_load((REPOSITORY / "docker-compose.processing.yml").read_text())["services"]
    written = services["victoria-logs"]["command"]
    return [flag for flag in written if not flag.startswith(("-storageDataPath", "-httpListenAddr"))]


class LogStore:
    """A store that can be killed and started again on the same folder and port."""

    def __init__(self, folder: Path, *more: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder, self.more = folder, more
        self.log = folder.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        assert BINARY
        command = [BINARY, f"-storageDataPath={self.folder}", f"-httpListenAddr=127.0.0.1:{self.port}", *flags()]
        self.process = spawn([*command, *self.more], os.environ | {"GOMEMLIMIT": "96MiB"}, self.log)
        wait_for("VictoriaLogs answers", self.answers, START_SECONDS)
        return self

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    def ask(self, query: str, **more: str) -> list[dict[str, Any]]:
        """Return what a query of LogsQL finds."""
        httpx.get(f"{self.url}/internal/force_flush", trust_env=False)
        answer = httpx.post(
            f"{self.url}/select/logsql/query", data={"query": query, **more}, timeout=30, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def metrics(self) -> dict[str, float]:
        text = httpx.get(f"{self.url}/metrics", trust_env=False).text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in rows}
