"""Starts services as processes; in a run of tests as forks of a process that has imported them.

`python -m` takes a second or two of a processor for imports, and a run of all tests starts some hundred services.
A fork runs the same `__main__`. Benchmarks start services as they are started elsewhere.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from twitch_simulator.process import SimulatorProcess

IMPORTED_SERVICE = Path(__file__).with_name("imported_service.py")
OF_THE_INTERPRETER = ("PYTHON", "LD_")  # prefixes of variables
START_SECONDS = 60.0
END_SECONDS = 10.0


class Service(Protocol):
    """What tests ask of a process, as subprocess.Popen has it."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Nursery:
    """A process that has imported a service, and the exit codes of its forks."""

    def __init__(self, name: str) -> None:
        self._codes: dict[int, int] = {}
        self._started: list[int] = []
        self._news = threading.Condition()
        self._starts = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(IMPORTED_SERVICE), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fields = json.loads(line)
            with self._news:
                if "started" in fields:
                    self._started.append(fields["started"])
                    self._codes.pop(fields["started"], None)  # of a process of the same number, long ago
                else:
                    self._codes[fields["ended"]] = fields["code"]
                self._news.notify_all()

    def start(self, environment: Mapping[str, str], log: Path, flags: Sequence[str]) -> "Fork":
        """Fork the service."""
        order = json.dumps({"environment": dict(environment), "log": str(log), "flags": flags})
        log.touch()
        assert self._process.stdin is not None
        with self._starts:
            self._process.stdin.write(f"{order}\n")
            self._process.stdin.flush()
            with self._news:
                assert self._news.wait_for(lambda: self._started, START_SECONDS), "the service was not forked"
                return Fork(self._started.pop(), self)

    def code(self, pid: int, seconds: float | None) -> int | None:
        """Return a fork's exit code once it has ended; None if it does not within `seconds`."""
        with self._news:
            self._news.wait_for(lambda: pid in self._codes, seconds)
            return self._codes.get(pid)

    def close(self) -> None:
        """End the process; what it forked goes on."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(END_SECONDS)


class Fork:
    """A forked service."""

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid, self._nursery = pid, nursery

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._nursery.code(self.pid, 0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended. Raises subprocess.TimeoutExpired."""
        code = self._nursery.code(self.pid, timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Nurseries:
    """A nursery for each service that was started."""

    def __init__(self) -> None:
        self._interpreter = of_the_interpreter(os.environ)
        self._by_name: dict[str, Nursery] = {}

    def suit(self, environment: Mapping[str, str]) -> bool:
        """Return whether these variables want no other interpreter than the tests' own."""
        return of_the_interpreter(environment) == self._interpreter

    def start(self, name: str, environment: Mapping[str, str], log: Path, flags: Sequence[str]) -> Service:
        """Fork the service."""
        if name not in self._by_name:
            self._by_name[name] = Nursery(name)
        return self._by_name[name].start(environment, log, flags)

    def close(self) -> None:
        """End them."""
        for each in self._by_name.values():
            each.close()


def of_the_interpreter(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that act before a fork could obey them."""
    return {key: value for key, value in environment.items() if key.startswith(OF_THE_INTERPRETER)}


nurseries: Nurseries | None = None


@contextmanager
def forked_services() -> Iterator[None]:
    """Inside the block services are forks."""
    global nurseries
    nurseries, as_usual = Nurseries(), SimulatorProcess.run
    SimulatorProcess.run = staticmethod(start_simulator)
    yield
    SimulatorProcess.run = staticmethod(as_usual)
    nurseries.close()
    nurseries = None


def start_simulator(flags: list[str], environment: dict[str, str], log: Path) -> Service:
    """Start the simulator."""
    return start_service("twitch_simulator", environment, log, flags)


def start_service(name: str, environment: Mapping[str, str], log: Path, flags: Sequence[str] = ()) -> Service:
    """Start `python -m name` with this environment; its output is appended to `log`."""
    if nurseries is not None and nurseries.suit(environment):
        return nurseries.start(name, environment, log, flags)
    with log.open("ab") as output:
        command = [sys.executable, "-m", name, *flags]
        return subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output)
