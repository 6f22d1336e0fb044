"""The bot as a process, beside a simulated Discord, a simulated Twitch and a real Postgres."""

import os
import signal
from pathlib import Path
from typing import Any, Self

import httpx
from integration.support.database import as_role
from integration.support.metrics_page import total
from integration.support.service_start import Service, start_service

from discord_simulator.process import BOT_TOKEN, DiscordProcess
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

DEADLINE = 60.0  # seconds; the machine may be busy
STOP_SECONDS = 20.0
NOT_INHERITED = ("TWITCH_", "POSTGRES_", "DISCORD_")  # prefixes of variables
QUICK = {
    "DISCORD_POLL_SECONDS": "1",
    "DISCORD_OVER_SECONDS": "8",
    "DISCORD_LEASE_SECONDS": "4",
    "TWITCH_BOT_POINTS": "200",
}


class BotProcess:
    """`python -m discord_bot`, killed and started again as often as a test likes. `dsn`: the owner's address."""

    def __init__(
        self, folder: Path, dsn: str, discord: DiscordProcess, twitch: SimulatorProcess, name: str = "bot", **more: str
    ) -> None:
        health, self.metrics_port = free_ports(2)
        self._health = f"http://127.0.0.1:{health}"
        self.log = folder / f"{name}.log"
        token, secret = folder / "discord_token", folder / "twitch_secret"
        token.write_text(BOT_TOKEN)
        secret.write_text("simulator")
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(NOT_INHERITED)},
            "DISCORD_TOKEN_FILE": str(token),
            "DISCORD_API_URL": discord.api,
            "DISCORD_GATEWAY_URL": discord.gateway,
            "DISCORD_HEALTH_PORT": str(health),
            "DISCORD_METRICS_PORT": str(self.metrics_port),
            "POSTGRES_DSN": as_role(dsn, "discord_bot"),
            "TWITCH_API_URL": f"{twitch.url}/helix/",
            "TWITCH_AUTH_URL": f"{twitch.url}/oauth2/",
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            **QUICK,
            **more,
        }
        self.process: Service | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.end(signal.SIGKILL)

    def start(self) -> Self:
        """Start the process; `serves` shows when it answers."""
        self.process = start_service("discord_bot", self.environment, self.log)
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code

    def signal(self, number: int) -> None:
        """Send a signal that does not end it."""
        assert self.process is not None
        self.process.send_signal(number)

    def readiness(self) -> dict[str, Any]:
        """Return the answer of /ready; fail with the log if the process has ended."""
        assert self.process is not None
        assert self.process.poll() is None, self.log_text()
        try:
            return dict(httpx.get(f"{self._health}/ready", timeout=10).json())
        except httpx.HTTPError as error:
            return {"problems": {"health": str(error)}}

    def serves(self) -> bool:
        """Return whether it has the lease and is connected to Discord."""
        answer = self.readiness()
        return not answer["problems"] and "lease" not in answer.get("notes", {})

    def until_serving(self) -> Self:
        """Wait until it has the lease and is connected."""
        wait_for("the bot serves", self.serves, DEADLINE)
        return self

    def measured(self, name: str) -> float:
        """Return the sum of a metric's samples."""
        return total(self.metrics_port, name)

    def log_text(self) -> str:
        """Return the log so far."""
        return self.log.read_text() if self.log.exists() else ""
