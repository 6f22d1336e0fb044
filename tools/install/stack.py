"""The containers: their images, the check before the start, and the start."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from install.console import Console
from install.errors import InstallError
from install.machine.host import Host, reason
from install.roles import Role
from install.steps import State
from install.values.place import Place

SAID_ELSEWHERE = ("MACHINE_B is not set", "nobody has signed in")  # at the end, with the next command
OURS = "stream-scout/"
LOOK_SECONDS = 1.0
MOST_NAMES = 4  # in one line


class Stack:
    """What `docker compose` does with this machine's file."""

    def __init__(self, host: Host, role: Role, place: Place, console: Console) -> None:
        self.host, self.role, self.place, self.console = host, role, place, console

    def compose(self, *words: str) -> list[str]:
        """Return the words of a command."""
        return self.host.docker("compose", "-f", self.role.file, *words)

    def watched(self, command: list[str], log_name: str, env: Mapping[str, str] | None = None) -> None:
        """Run a long command into a log, and show meanwhile that it goes on. Raises InstallError with its end."""
        log, began = self.place.kept / log_name, time.monotonic()
        process = self.host.logged(command, log, env)
        try:
            while process.poll() is None:
                time.sleep(LOOK_SECONDS)
                last = last_line(log.read_text(errors="replace")[-4000:])
                self.console.sign_of_life(f"{time.monotonic() - began:4.0f} s  {last}")
        finally:
            self.console.end_of_life_signs()
            if process.poll() is None:
                process.terminate()
        if process.returncode:
            end = "\n".join(f"        | {line}" for line in log.read_text(errors="replace").splitlines()[-12:])
            raise InstallError(f"{' '.join(command)} ended with {process.returncode}. The end of {log}:\n{end}")


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "..."


class Images:
    """Our images of the version that .env names."""

    title = "Images"

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def _missing(self) -> list[str]:
        said = self._stack.host.run(*self._stack.compose("config", "--images"))
        names = sorted({name for name in said.split() if name.startswith(OURS)})
        return [name for name in names if not self._is_here(name)]

    def _is_here(self, name: str) -> bool:
        return self._stack.host.attempt(*self._stack.host.docker("image", "inspect", name)).returncode == 0

    def state(self) -> State:
        """Look which are there."""
        version = self._stack.place.setting("STREAM_SCOUT_VERSION", "local")
        if missing := self._missing():
            return State(False, f"{len(missing)} of version {version} to be built, which is what takes long")
        return State(True, f"version {version} is here")

    def do(self) -> None:
        """Build them, or fetch them where a registry is named."""
        host, place, role = self._stack.host, self._stack.place, self._stack.role
        commit = host.attempt("git", "rev-parse", "HEAD").stdout.strip()
        version = place.setting("STREAM_SCOUT_VERSION", "local")
        command = self._stack.compose("build")
        if place.setting("IMAGE_REGISTRY"):
            command = host.with_docker("infrastructure/images/pull.sh", role.letter, version)
        self._stack.watched(command, "images.log", {"STREAM_SCOUT_COMMIT": commit or "unknown"})


class Preflight:
    """The check of infrastructure/preflight.sh; it changes nothing."""

    title = "Preflight"

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.warnings: list[str] = []

    def state(self) -> State:
        """Run it; show what is wrong and keep what it warns of."""
        command = self._stack.host.with_docker("infrastructure/preflight.sh", self._stack.role.name)
        done = self._stack.host.attempt(*command)
        lines = done.stdout.splitlines()
        self.warnings = [line for line in found(lines, "WARN") if not any(text in line for text in SAID_ELSEWHERE)]
        if done.returncode:
            wrong = "\n".join(found(lines, "WRONG") or [reason(done.stderr)])
            return State(False, f"to be put right:\n{wrong}")
        return State(True, f"{sum(line.startswith('ok ') for line in lines)} checks are well")

    def do(self) -> None:
        """Leave it to the operator."""
        raise InstallError(
            "The preflight found what has to be put right first: the lines above, behind each arrow what to do"
        )


def found(lines: list[str], kind: str) -> list[str]:
    """Return the preflight's findings of one kind, each with its advice in a second line."""
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return [f"{line}\n{advice}" for line, advice in pairs if line.startswith(kind)]


class Services:
    """All containers run and are healthy."""

    title = "Services"

    def __init__(self, stack: Stack, without: Callable[[], tuple[str, ...]] = tuple) -> None:
        """`without`: says what is not to be started yet."""
        self._stack, self._without = stack, without

    def _wanted(self) -> list[str]:
        names = self._stack.host.run(*self._stack.compose("config", "--services")).split()
        return sorted(set(names) - set(self._without()))

    def state(self) -> State:
        """Compare what runs with what the compose file and .env say."""
        running = containers(self._stack.host.attempt(*self._stack.compose("ps", "--all", "--format", "json")).stdout)
        hashes = dict(
            line.split() for line in self._stack.host.run(*self._stack.compose("config", "--hash", "*")).splitlines()
        )
        well = {name for name, found in running.items() if is_well(found, hashes.get(name, ""))}
        missing = [name for name in self._wanted() if name not in well]
        if missing:
            names = ", ".join(missing) if len(missing) <= MOST_NAMES else f"{len(missing)} services"
            return State(False, f"{names} to be started, which may take minutes")
        return State(True, f"{len(well)} are well")

    def do(self) -> None:
        """Start them, and wait until they are healthy."""
        words = ["up", "--detach", "--no-build", "--wait"]
        words += self._wanted() if self._without() else []
        self._stack.watched(self._stack.compose(*words), "start.log")


def containers(said: str) -> dict[str, dict[str, Any]]:
    """Read `docker compose ps --format json`: one array, or since Compose 2.21 an object a line.

    What `run` has left there is no service.
    """
    lines = said.strip()
    each = json.loads(lines) if lines.startswith("[") else [json.loads(line) for line in lines.splitlines()]
    return {str(found["Service"]): found for found in each if "com.docker.compose.oneoff=True" not in labels(found)}


def labels(container: dict[str, Any]) -> list[str]:
    """Return a container's labels, as far as their values have no comma."""
    return str(container.get("Labels", "")).split(",")


def is_well(container: dict[str, Any], config: str) -> bool:
    """Return whether a container is of this configuration, and runs without being ill or has ended as it should."""
    if f"com.docker.compose.config-hash={config}" not in labels(container):
        return False
    if container["State"] == "exited":
        return int(container["ExitCode"]) == 0
    return container["State"] == "running" and container.get("Health", "") in ("healthy", "")
