"""A simulated Discord on a clock that tests set, without sockets."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from discord_simulator.discord import Discord, build
from discord_simulator.settings import DiscordSettings
from discord_simulator.web import api_application, page_application
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.people import User

BOT = {"Authorization": "Bot MTEwMDAwMDAwMDAwMDAwMDAwMQ.simulator.bot-token"}


class Server:
    """One server of the simulated Discord with what tests ask for, and the clock in ms."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.now = 1_795_369_181_000
        self.discord: Discord = build(DiscordSettings(truth_file=folder, **settings), lambda: self.now)
        self.discord.set_ports({"page": 1, "gateway": 2, "http": 3})
        self.bot_id = self.discord.world.bot.user_id
        self.guild: Guild = next(iter(self.discord.world.guilds.values()))
        self.hear()

    def hear(self) -> None:
        """Record what a session with all intents hears."""
        wire = Frames()
        self.discord.hub.open(wire, (1 << 15) | (1 << 9) | 1, (0, 1))
        self.frames = wire

    def heard(self) -> list[tuple[str, Any]]:
        """Return the events since the last call, without those of the beginning."""
        found, self.frames.texts = self.frames.texts, []
        return found

    def channel(self, name: str) -> Channel:
        return next(each for each in self.guild.channels.values() if each.name == name)

    def owner(self) -> User:
        return self.guild.members[self.guild.owner_id].user

    def member(self) -> User:
        """Return a member without a role."""
        return next(
            each.user for each in self.guild.members.values() if not each.role_ids and each.user != self.owner()
        )

    def role(self, name: str) -> int:
        return next(role.role_id for role in self.guild.roles.values() if role.name == name)

    def rows(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.discord.truth.folder / f"{name}.jsonl").read_text().splitlines()]


class Frames:
    """Keeps the events that a session sends."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, Any]] = []

    def send(self, text: str) -> None:
        row = json.loads(text)
        self.texts.append((row["t"], row["d"]))


@pytest.fixture
def make_server(tmp_path: Path) -> Callable[..., Server]:
    return lambda **settings: Server(tmp_path / "truth", **{"guilds": 1, "other_guilds": 1} | settings)


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    made = make_server()
    made.heard()
    return made


@pytest.fixture
async def rest(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client of REST as the bot."""
    transport = httpx.ASGITransport(api_application(server.discord))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim/api/v10", headers=BOT) as client:
        yield client


@pytest.fixture
async def pages(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A person's browser."""
    transport = httpx.ASGITransport(page_application(server.discord))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim", follow_redirects=True) as client:
        yield client
