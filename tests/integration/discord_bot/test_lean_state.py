"""The bot's discord.py knows servers and its own permissions, and forgets the rest, with the real gateway messages."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from integration.support.discord_client import order, running, until

from discord_bot.client import BotClient
from discord_bot.sending.discord_side import DiscordPy
from discord_bot.sending.errors import ChannelRefused
from discord_simulator.process import DiscordProcess
from discord_simulator.world.permissions import READING, WRITING, Permission

EVERYTHING = int(READING | WRITING)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[DiscordProcess]:
    """Two servers as big as people's."""
    with DiscordProcess(tmp_path / "truth", "--guilds", "2", "--crowded", "true") as process:
        yield process


def kept(guild: discord.Guild) -> tuple[int, int, int]:
    return len(guild.channels), len(guild.roles), len(guild.emojis)


async def test_only_servers_and_the_bots_own_roles_are_kept(simulator: DiscordProcess) -> None:
    bot = BotClient(lambda: True, 10.0)
    async with running(simulator, bot):
        await until(lambda: len(bot.guilds) == 2)
        for row in simulator.guilds()[:2]:
            guild = bot.get_guild(int(row["guild_id"]))
            assert guild is not None
            assert kept(guild) == (0, 2, 0)
            assert (guild.name, guild.me.roles[-1].id) == (row["name"], int(row["bot_role_id"]))
        await order(simulator, "channel", guild_id=row["guild_id"], name="new")
        await order(simulator, "change_guild", guild_id=row["guild_id"], name="Renamed", locale="de")
        await until(lambda: guild.name == "Renamed")
        assert kept(guild) == (0, 2, 0)
        assert guild.preferred_locale is discord.Locale.german


async def test_history_is_searched_where_it_may_be_read(simulator: DiscordProcess) -> None:
    bot = BotClient(lambda: True, 10.0)
    side = DiscordPy(bot)
    async with running(simulator, bot):
        row: dict[str, Any] = simulator.guilds()[0]
        guild_id, channel_id = int(row["guild_id"]), int(row["channels"]["live"])
        assert (await side.search(guild_id, channel_id)).own == {}
        deny = int(Permission.READ_MESSAGE_HISTORY)
        await order(simulator, "overwrite", channel_id=channel_id, deny=deny)
        with pytest.raises(ChannelRefused, match="no_permission"):
            await side.search(guild_id, channel_id)
        await order(simulator, "overwrite", channel_id=channel_id)
        role = {"guild_id": guild_id, "role_id": row["bot_role_id"], "permissions": EVERYTHING}
        await order(simulator, "change_role", **role)
        assert (await side.search(guild_id, channel_id)).own == {}
        await asyncio.to_thread(simulator.order, "delete_channel", channel_id=channel_id)
        with pytest.raises(ChannelRefused, match="channel_gone"):
            await side.search(guild_id, channel_id)
