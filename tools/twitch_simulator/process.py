"""For tests: the simulator as a process, and a plain chat client."""

import json
import os
import select
import socket
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

DEADLINE_SECONDS = 20.0
START_SECONDS = 60.0
POLL_SECONDS = 0.02
USER_HEADERS = {"Client-Id": "simulator", "Authorization": "Bearer simulator-user-token"}
nicks = count(1000)


class Running(Protocol):
    """What is asked of the process, as subprocess.Popen has it."""

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended."""

    def terminate(self) -> None:
        """Send SIGTERM."""


class SimulatorProcess:
    """`python -m twitch_simulator` on free ports, as a context manager."""

    @staticmethod
    def run(flags: list[str], environment: dict[str, str], log: Path) -> Running:
        """Start it; its output is appended to `log`."""
        with log.open("ab") as output:
            command = [sys.executable, "-m", "twitch_simulator", *flags]
            return subprocess.Popen(command, stdout=output, stderr=output, env=environment)

    def __init__(self, truth: Path, *flags: str, environment: dict[str, str] | None = None) -> None:
        free = ["--irc-port", "0", "--websocket-port", "0", "--http-port", "0"]
        self.truth, self.log = truth, truth.with_name(f"{truth.name}.log")
        self.process = self.run(
            [*free, "--truth-file", str(truth), "--always-live", "true", *flags],
            os.environ | (environment or {}),
            self.log,
        )
        self.ports = self._reported_ports()
        self.url = f"http://127.0.0.1:{self.ports['http']}"
        self.http = httpx.Client(base_url=self.url, timeout=DEADLINE_SECONDS)

    def _reported_ports(self) -> dict[str, int]:
        """Return what the first line of its log reports."""
        deadline = time.monotonic() + START_SECONDS
        while "\n" not in (text := self.log.read_text() if self.log.exists() else ""):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the simulator did not start: {text}")
            time.sleep(POLL_SECONDS)
        return dict(json.loads(text.splitlines()[0]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(DEADLINE_SECONDS)

    def order(self, name: str, **fields: Any) -> dict[str, Any]:
        """Post to the control API and return the answer."""
        answer = self.http.post(f"/control/{name}", json=fields)
        answer.raise_for_status()
        return dict(answer.json())

    def state(self) -> dict[str, Any]:
        """Return the answer of GET /control/state."""
        return dict(self.http.get("/control/state").json())

    def helix(self, path: str, method: str = "GET", **parameters: Any) -> httpx.Response:
        """Send a Helix request with the user's token."""
        return self.http.request(method, f"/helix/{path}", params=parameters, headers=USER_HEADERS)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a truth file."""
        return [json.loads(line) for line in (self.truth / f"{name}.jsonl").read_text().splitlines()]

    def chat(self, *logins: str) -> "ChatClient":
        """Connect an anonymous client and join the rooms."""
        client = ChatClient(self.ports["irc"])
        client.send(f"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS SCHMOOPIIE\r\nNICK {client.nick}\r\n")
        client.until("376")
        for login in logins:
            client.send(f"JOIN #{login}\r\n")
            client.until(f"ROOMSTATE #{login}")
        return client


class ChatClient:
    """A raw chat socket that records every line."""

    def __init__(self, port: int) -> None:
        self.nick = f"justinfan{next(nicks)}"
        self.lines: list[str] = []
        self.ended = False
        self._rest = b""
        self._socket = socket.create_connection(("127.0.0.1", port))

    def send(self, text: str) -> None:
        """Write text."""
        self._socket.sendall(text.encode())

    def read(self, seconds: float) -> list[str]:
        """Return the next lines as soon as there are any; empty after `seconds`."""
        if self.ended or not select.select([self._socket], [], [], seconds)[0]:
            return []
        data = self._socket.recv(1 << 20)
        self.ended = not data
        *whole, self._rest = (self._rest + data).split(b"\r\n")
        lines = [line.decode("utf-8", "replace") for line in whole]
        self.lines += lines
        return lines

    def until(self, part: str, seconds: float = DEADLINE_SECONDS) -> str:
        """Read until a new line contains `part` and return that line."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.ended:
            for line in self.read(deadline - time.monotonic()):
                if part in line:
                    return line
        raise AssertionError(f"no line with {part!r}; ended: {self.ended}; last: {self.lines[-3:]}")

    def until_end(self, seconds: float = DEADLINE_SECONDS) -> None:
        """Read until the server has closed the connection."""
        deadline = time.monotonic() + seconds
        while not self.ended:
            assert time.monotonic() < deadline, "the connection stays open"
            self.read(deadline - time.monotonic())

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def message_ids(lines: list[str]) -> list[str]:
    """Return the ids of the chat messages among lines, in order."""
    return [line.partition(";id=")[2].partition(";")[0] for line in lines if " PRIVMSG #" in line and ";id=" in line]
