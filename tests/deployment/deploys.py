"""Runs infrastructure/deploy.sh as an operator does, kills it, and makes the versions that it is given."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from deployment.two_machines import REPOSITORY, Machine

SCRIPT = REPOSITORY / "infrastructure" / "deploy.sh"
ENDS = ("", "\n")


def derived(name: str, base: str, lines: str) -> None:
    """Build an image from another one."""
    dockerfile = f"FROM {base}\n{lines}\n"
    command = ["docker", "build", "--quiet", "--tag", name, "-"]
    subprocess.run(command, input=dockerfile, text=True, capture_output=True, check=True)


def build(machine: Machine, version: str, services: Sequence[str] = (), repository: Path = REPOSITORY) -> None:
    """Build a version of a machine's images from a checkout."""
    command = [*machine.whole.docker_compose_command(), "build", *services]
    environment = {**os.environ, "STREAM_SCOUT_VERSION": version, "STREAM_SCOUT_COMMIT": "0123abc"}
    subprocess.run(command, cwd=repository, env=environment, capture_output=True, check=True)


def waiting_for_others() -> float:
    """Return how many programs wait for each processor here, at least 1: so much slower is what we measure."""
    return max(1.0, os.getloadavg()[1] / (os.cpu_count() or 1))


def rename(version: str, like: str, services: Sequence[str]) -> None:
    """Give another version the same images."""
    for service in services:
        subprocess.run(
            ["docker", "tag", f"stream-scout/{service}:{like}", f"stream-scout/{service}:{version}"], check=True
        )


class Deploy:
    """One run. `lines`: what it wrote so far; `seconds`: how long it took."""

    def __init__(self, machine: Machine, version: str, *options: str) -> None:
        letter = "A" if "reliable" in machine.file else "B"
        env = machine.directory / f"{machine.project}.env"
        self.lines: list[str] = []
        self.seconds = 0.0
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [SCRIPT, letter, version, "--env", env, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            self.lines.append(line.rstrip())
            print(line.rstrip())
        return line

    def kill_at(self, text: str, after_seconds: float = 0.0, or_at: Sequence[str] = ()) -> str:
        """Kill it so long after it wrote a line with this text or, if it skips that, one of these; return which."""
        while line := self._read():
            if found := next((each for each in (text, *or_at) if each in line), ""):
                time.sleep(after_seconds)
                self._process.send_signal(signal.SIGKILL)
                self._process.wait(20)
                return found
        self._process.wait(20)
        return ""

    def finish(self) -> int:
        """Wait for its end; return the exit code."""
        while self._read():
            pass
        code = self._process.wait(20)
        self.seconds = time.monotonic() - self._began
        return code

    @property
    def told(self) -> str:
        """The message to the operator."""
        return next((line for line in self.lines if line.startswith("Stream Scout: ")), "")
