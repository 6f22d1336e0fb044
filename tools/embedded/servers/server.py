"""The life cycle of one server on loopback: prepare, start, wait until ready, stop."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from embedded.problems import SetupError
from embedded.processes.ports import require_free
from embedded.processes.processes import spawn, tail
from embedded.processes.waiting import wait_for

STOP_SECONDS = 30.0  # Kafka's controlled shutdown takes up to 10 s on a busy machine


class Server(ABC):
    """A server with its data in `directory` that listens on `port` of 127.0.0.1.

    `start()` is for tests and tools that own the process. A process manager calls `prepare()` and
    runs `command()` itself.
    """

    name: ClassVar[str]
    port_setting: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    ready_seconds: ClassVar[float] = 60.0

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory.resolve()
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Create the data folder and the configuration; idempotent. Raises SetupError."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Return whether the server answers requests now."""

    def environment(self) -> dict[str, str]:
        """Return the server's environment."""
        return dict(os.environ)

    def ports(self) -> dict[str, int]:
        """Map the setting of each port the server listens on to the port."""
        return {self.port_setting: self.port}

    @property
    def log(self) -> Path:
        """Return the file to which `start()` writes the server's output."""
        return self.directory.with_name(f"{self.directory.name}.log")

    @property
    def pid(self) -> int:
        """Return the server's process id."""
        if self._process is None:
            raise RuntimeError(f"{self.name} is not started")
        return self._process.pid

    def start(self) -> Self:
        """Prepare and start the server; return once it answers. Raises SetupError with the end of its log."""
        require_free(self.ports())
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        self.prepare()
        self._process = spawn(self.command(), self.environment(), self.log)
        try:
            wait_for(f"{self.name} answers", self._alive_and_answering, self.ready_seconds)
        except BaseException:
            self.stop()
            raise
        return self

    def _alive_and_answering(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise SetupError(f"{self.name} ended while it started. The end of {self.log}:\n{tail(self.log)}")
        return self.answers()

    def stop(self) -> None:
        """Stop the server normally; kill its process group if it does not exit in time."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """Kill the server's process group with SIGKILL, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
