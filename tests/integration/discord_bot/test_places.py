"""The bot writes down channels and roles by name, from Discord's own events: real gateway client, simulated Discord."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from integration.support.database import as_role
from integration.support.discord_client import running

from discord_bot.client import BotClient
from discord_bot.data.database import Database
from discord_bot.data.guilds import Guilds
from discord_notices.rules.places import Places, Role, TextChannel
from discord_simulator.process import DiscordProcess

DEADLINE_SECONDS = 15.0
SEND_MESSAGES = 1 << 11


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[DiscordProcess]:
    with DiscordProcess(tmp_path / "truth", "--guilds", "2", "--other-guilds", "1") as found:
        yield found


@pytest.fixture
async def guilds(postgres: str, simulator: DiscordProcess) -> AsyncIterator[Guilds]:
    """What the running bot writes into."""
    database = Database(as_role(postgres, "discord_bot"))
    await database.open()
    kept = Guilds(database)
    client = BotClient(lambda: True)
    async with running(simulator, client):
        keeping = asyncio.create_task(client.keep_present(kept))
        yield kept
        keeping.cancel()
    await database.close()


async def until(guilds: Guilds, guild_id: int, condition: Callable[[Places], bool]) -> Places:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition(found := await guilds.places(guild_id)):
            await asyncio.sleep(0.02)
    return found


async def test_names_follow_discord(guilds: Guilds, simulator: DiscordProcess) -> None:
    one, two, other = simulator.guilds()
    guild_id = int(one["guild_id"])
    found = await until(guilds, guild_id, lambda places: bool(places.text_channels))
    assert [each.name for each in found.text_channels] == ["welcome", "live", "general", "clips"]  # "mods" is hidden
    assert {each.name for each in found.roles} == set(one["roles"]) - {"@everyone"}
    assert found.channel(int(one["channels"]["live"])) == TextChannel(
        text_channel_id=int(one["channels"]["live"]), name="live"
    )
    assert found.role(int(one["roles"]["Moderator"])) == Role(role_id=int(one["roles"]["Moderator"]), name="Moderator")
    assert await guilds.places(int(other["guild_id"])) == Places()
    before = await until(guilds, int(two["guild_id"]), lambda places: bool(places.roles))
    simulator.order("channel", guild_id=one["guild_id"], name="new-here")
    simulator.order("role", guild_id=one["guild_id"], name="New role")
    simulator.order("overwrite", channel_id=one["channels"]["live"], deny=SEND_MESSAGES)
    simulator.order("delete_channel", channel_id=one["channels"]["clips"])
    simulator.order("delete_role", guild_id=one["guild_id"], role_id=one["roles"]["Live pings"])
    found = await until(guilds, guild_id, lambda places: "clips" not in [each.name for each in places.text_channels])
    found = await until(guilds, guild_id, lambda places: places.role(int(one["roles"]["Live pings"])) is None)
    assert "new-here" in [each.name for each in found.text_channels]
    assert "New role" in [each.name for each in found.roles]
    live = found.channel(int(one["channels"]["live"]))
    assert live is not None
    assert not live.may_post
    simulator.order("membership", guild_id=other["guild_id"], action="join")
    await until(guilds, int(other["guild_id"]), lambda places: len(places.text_channels) == 4)
    assert await guilds.places(int(two["guild_id"])) == before
