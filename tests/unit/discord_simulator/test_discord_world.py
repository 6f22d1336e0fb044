"""The made-up servers: equal for equal seeds, each with what tests and visitors need."""

from typing import Any

import pytest

from discord_simulator.clock import created_at, snowflake
from discord_simulator.errors import DiscordError
from discord_simulator.world.permissions import BOT_DEFAULT, Permission
from discord_simulator.world.world import World


def make_world(seed: int, count: int) -> World:
    world = World(lambda: 1_795_369_181_000, seed)
    for _ in range(count):
        world.make_guild(BOT_DEFAULT)
    return world


def test_ids_hold_their_time() -> None:
    assert created_at(snowflake(1_795_369_181_123)) == 1_795_369_181_123
    assert created_at(175928847299117063) == 1462015105796  # the example of Discord's documentation


def test_equal_seeds_give_equal_servers() -> None:
    def shapes(seed: int) -> list[Any]:
        return [
            (guild.name, list(guild.channels), list(guild.members)) for guild in make_world(seed, 4).guilds.values()
        ]

    assert shapes(1) == shapes(1)
    assert shapes(1) != shapes(2)


def test_many_servers_have_ids_and_names_of_their_own_and_spread_over_shards() -> None:
    guilds = make_world(1, 40).guilds
    assert len({guild.name for guild in guilds.values()}) == 40
    ids = [number for guild in guilds.values() for number in (*guild.channels, *guild.roles)]
    assert len(set(ids)) == len(ids)
    assert {(guild_id >> 22) % 4 for guild_id in guilds} == {0, 1, 2, 3}


def test_a_hidden_channel_is_for_moderators(server: Any) -> None:
    def names(user_id: int) -> list[str]:
        return [channel.name for channel in server.guild.visible_channels(user_id)]

    assert names(server.owner().user_id) == [
        "Information", "welcome", "live", "Chat", "general", "clips", "mods", "Voice"
    ]  # fmt: skip
    assert "mods" not in names(server.member().user_id)
    assert "mods" not in names(server.bot_id)
    moderator = next(
        number for number, each in server.guild.members.items() if server.role("Moderator") in each.role_ids
    )
    assert "mods" in names(moderator)
    assert server.guild.base(moderator) & Permission.MANAGE_GUILD


def test_the_bot_joins_with_a_role_and_leaves_without_it(server: Any) -> None:
    discord, guild = server.discord, server.guild
    discord.leave(guild)
    assert guild.role_of_bot(server.bot_id) is None
    with pytest.raises(DiscordError, match="50001"):
        discord.world.guild(guild.guild_id, server.bot_id)
    with pytest.raises(DiscordError, match="50001"):
        discord.world.visible(server.channel("live").channel_id, server.bot_id)
    discord.join(guild, int(Permission.VIEW_CHANNEL))
    assert server.heard()[0] == ("GUILD_DELETE", {"id": str(guild.guild_id)})
    with pytest.raises(DiscordError, match="10004"):
        discord.world.guild(5, server.bot_id)


def test_a_deleted_channel_and_role_are_gone(server: Any) -> None:
    discord, channel = server.discord, server.channel("live")
    discord.remove_channel(channel)
    discord.remove_role(server.guild, server.guild.roles[server.role("Live pings")])
    assert [event for event, _ in server.heard()] == ["CHANNEL_DELETE", "GUILD_ROLE_DELETE"]
    with pytest.raises(DiscordError, match="10003"):
        discord.world.place(channel.channel_id)
    assert all(number in server.guild.roles for each in server.guild.members.values() for number in each.role_ids)


def test_crowded_servers_are_as_big_as_peoples() -> None:
    world = World(lambda: 1_795_369_181_000, is_crowded=True)
    guilds = [world.make_guild(BOT_DEFAULT) for _ in range(20)]
    assert all(30 <= len(each.channels) <= 100 for each in guilds)
    assert all(
        len(each.roles) == 21 and len(each.shape()["emojis"]) == 50 for each in guilds
    )  # with the bot's own role
    ids = [number for each in guilds for number in (*each.channels, *each.roles)]
    assert len(set(ids)) == len(ids)
    bot, live = world.bot.user_id, [next(c for c in each.channels.values() if c.name == "live") for each in guilds]
    assert all(each.permissions(bot, c) & Permission.SEND_MESSAGES for each, c in zip(guilds, live, strict=True))
