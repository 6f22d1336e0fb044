"""For tests: the simulator as a process."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

DEADLINE_SECONDS = 20.0
START_SECONDS = 60.0
POLL_SECONDS = 0.02
BOT_TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.simulator.bot-token"  # nosec B105 - the simulator's own
BOT_HEADERS = {"Authorization": f"Bot {BOT_TOKEN}"}
CLIENT = {"client_id": "1100000000000000001", "client_secret": "simulator-secret"}  # nosec B105


class DiscordProcess:
    """`python -m discord_simulator` on free ports, as a context manager. Clients may identify without delay."""

    def __init__(self, truth: Path, *flags: str) -> None:
        self.truth, self.log = truth, truth.with_name(f"{truth.name}.log")
        free = ["--http-port", "0", "--gateway-port", "0", "--page-port", "0", "--identify-seconds", "0"]
        command = [sys.executable, "-m", "discord_simulator", *free, "--truth-file", str(truth), *flags]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=dict(os.environ))
        self.ports = self._reported_ports()
        self.url = f"http://127.0.0.1:{self.ports['http']}"
        self.api = f"{self.url}/api/v10"
        self.gateway = f"ws://127.0.0.1:{self.ports['gateway']}"
        self.pages = f"http://127.0.0.1:{self.ports['page']}"
        self.http = httpx.Client(timeout=DEADLINE_SECONDS)

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

    def order(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Post to the control API and return the answer."""
        answer = self.http.post(f"{self.url}/control/{name}", json=fields)
        if answer.is_error:
            raise RuntimeError(f"{name}: {answer.status_code} {answer.text}")
        return dict(answer.json())

    def state(self) -> dict[str, Any]:
        """Return the answer of GET /control/state."""
        return dict(self.http.get(f"{self.url}/control/state").json())

    def guilds(self) -> list[dict[str, Any]]:
        """Return all servers with the ids of their channels, roles and members by name."""
        return list(self.http.get(f"{self.url}/control/guilds").json())

    def messages(self, channel_id: str, user_id: str = "0") -> list[dict[str, Any]]:
        """Return a channel's messages, oldest first, with those that only this person sees."""
        query = {"channel_id": channel_id, "user_id": user_id}
        return list(self.http.get(f"{self.url}/control/messages", params=query).json())

    def rest(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """Send a request as the bot; `path` is below /api/v10."""
        return self.http.request(method, self.api + path, headers=BOT_HEADERS, **fields)

    def agree(self, address: str, user_id: str, **more: str) -> str:
        """Agree to OAuth2's question at an address as a person; return where the person is led.

        `more`: such as the `guild_id` to which the bot is added.
        """
        form = {"decision": "agree", "user_id": user_id} | more
        answer = self.http.post(address, data=form, follow_redirects=False)
        if not answer.is_redirect:
            raise RuntimeError(f"nobody is led anywhere: {answer.status_code} {answer.text}")
        return answer.headers["location"]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a truth file."""
        return [json.loads(line) for line in (self.truth / f"{name}.jsonl").read_text().splitlines()]

    def until(self, condition: Any, seconds: float = DEADLINE_SECONDS) -> Any:
        """Wait until a function returns something true, and return that."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "the condition did not become true"
            time.sleep(POLL_SECONDS)
        return found
