"""The bot's discord.py knows servers and its own permissions, and forgets the rest, with the real gateway messages."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import discord
import pytest
from integration.support.discord_client import order, running, until

from discord_bot.client import BotClient
from discord_bot.data.guilds import Guilds
from discord_bot.sending.discord_side import DiscordPy
from discord_bot.sending.errors import ChannelRefused
from discord_notices.rules.places import Places, TextChannel
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


class Written(Guilds):
    """Keeps what would be written."""

    def __init__(self) -> None:
        self.places: dict[int, Places] = {}

    async def keep(self, present: object) -> None: ...

    async def leave_all_but(self, guild_ids: object) -> None: ...

    async def keep_places(self, places: Mapping[int, Places]) -> None:
        self.places |= places


async def test_channels_and_roles_are_written_and_kept_up_to_date(simulator: DiscordProcess) -> None:
    bot, written = BotClient(lambda: True, 10.0), Written()
    keeping = asyncio.create_task(bot.keep_present(written))
    async with running(simulator, bot):
        await until(lambda: len(written.places) == 2)
        row = simulator.guilds()[0]
        guild_id, live = int(row["guild_id"]), int(row["channels"]["live"])

        def places() -> Places:
            return written.places[guild_id]

        assert {each.role_id for each in places().roles} == {int(each) for each in row["roles"].values()} - {guild_id}
        names = [each.name for each in places().text_channels]
        assert "mods" not in names
        assert len(names) > 15
        assert places().channel(live) == TextChannel(text_channel_id=live, name="live", may_post=True)
        before = places()
        await order(simulator, "overwrite", channel_id=live, deny=int(Permission.SEND_MESSAGES))
        await until(lambda: places() != before)
        assert places().channel(live) == TextChannel(text_channel_id=live, name="live", may_post=False)
        assert [each.name for each in places().text_channels] == names  # asked for, in the same order as told
        role = await order(simulator, "role", guild_id=guild_id, name="Newest")
        await until(lambda: places().role(int(role["id"])))
        assert places().roles[0].name == "Newest"
        await order(simulator, "delete_channel", channel_id=live)
        await until(lambda: places().channel(live) is None)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
