"""discord.py's own client, unmodified, against the simulated Discord."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_simulator.process import BOT_TOKEN, DiscordProcess

DEADLINE_SECONDS = 20.0
EVENTS = (
    "ready", "resumed", "guild_join", "guild_remove", "guild_available", "guild_unavailable", "guild_channel_create",
    "guild_channel_delete", "guild_role_delete",
)  # fmt: skip


class Bot(discord.Client):
    """A client that needs no privileged intent, records events and does not wait before it identifies again."""

    def __init__(self, **options: Any) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.events: list[tuple[str, Any]] = []
        self.problems: list[Exception] = []
        self.tree.error(self.keep_problem)

    async def keep_problem(self, _interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.problems.append(getattr(error, "original", error))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait."""

    def dispatch(self, event: str, /, *arguments: Any, **more: Any) -> None:
        if event in EVENTS:
            self.events.append((event, arguments[0] if arguments else None))
        super().dispatch(event, *arguments, **more)

    def heard(self, event: str) -> list[Any]:
        return [about for name, about in self.events if name == event]

    def channel(self, guild_id: str, name: str) -> discord.TextChannel:
        guild = self.get_guild(int(guild_id))
        assert guild is not None
        found = discord.utils.get(guild.text_channels, name=name)
        assert found is not None
        return found


@contextmanager
def pointed_at(simulator: DiscordProcess) -> Iterator[None]:
    """Let discord.py talk to the simulator."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = simulator.api, yarl.URL(simulator.gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(simulator: DiscordProcess, bot: discord.Client, token: str = BOT_TOKEN) -> AsyncIterator[None]:
    """Run a client until it is ready, and end it."""
    with pointed_at(simulator):
        task = asyncio.create_task(bot.start(token))
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait([task, ready], timeout=DEADLINE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        try:
            if task.done():
                task.result()  # raises what kept it from being ready
            assert ready.done(), "the client is not ready"
            yield
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], Any]) -> Any:
    """Wait until a function returns something true, and return that."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (found := condition()):
            await asyncio.sleep(0.01)
    return found


async def order(simulator: DiscordProcess, name: str, /, **fields: Any) -> dict[str, Any]:
    """Post to the control API without stopping the client's event loop."""
    return await asyncio.to_thread(simulator.order, name, **fields)
