"""Notices without an outcome on a real Postgres: what becomes of them when channels, servers and rights change."""

from datetime import timedelta

from integration.support.discord_world import Bot, World, away, two_servers

from discord_bot.sending.discord_side import Searched
from discord_bot.sending.errors import ChannelRefused, TokenRefused


async def test_what_came_too_late_is_told_when_the_same_stream_goes_on(bot: Bot, world: World) -> None:
    """Discord is away while a stream is missing for so long that it counts as over; nobody has seen a notice."""
    await two_servers(bot)
    world.live("a", "s1")
    world.discord.faults = [("before", away(True)), ("before", away(True))]
    await bot.round()
    stream = world.twitch.live.pop("a")
    for seconds in (0, 150):
        world.offset += timedelta(seconds=seconds)
        await bot.round()
    await bot.recover()
    assert set((await bot.states()).values()) == {"over"}
    world.twitch.live["a"] = stream
    for _ in range(3):
        await bot.round()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1


async def left_open(bot: Bot, world: World) -> None:
    """Two servers whose notices Discord has sent without an answer."""
    await two_servers(bot)
    world.live("a", "s1")
    world.discord.faults = [("after", away(True)), ("after", away(True))]
    await bot.round()
    world.offset += timedelta(minutes=10)


async def test_an_open_notice_in_a_deleted_channel_is_told_in_the_next_one(bot: Bot, world: World) -> None:
    await left_open(bot, world)
    world.discord.channels[10].clear()
    world.discord.refused[10] = ChannelRefused("channel_gone")
    await bot.recover()
    assert (await bot.states()) == {(1, "s1"): "refused", (2, "s1"): "sent"}
    assert [each.reason for each in await bot.guilds.pauses(1)] == ["channel_gone"]
    await bot.guilds.change(1, {"text_channel_id": 11})
    await bot.guilds.resume(1)
    await bot.round()
    assert len(world.discord.ours(11)) == 1


async def test_a_server_out_of_reach_waits_and_one_that_we_left_is_not_paused(bot: Bot, world: World) -> None:
    await left_open(bot, world)
    world.discord.out_of_reach, world.discord.left = {1}, {2}
    await bot.recover()
    assert (await bot.states()) == {(1, "s1"): "intent", (2, "s1"): "refused"}
    assert not await bot.guilds.pauses(2)
    world.discord.out_of_reach.clear()
    await bot.recover()
    assert (await bot.states())[1, "s1"] == "sent"


async def test_a_refused_token_makes_nothing_unknown(bot: Bot, world: World) -> None:
    await left_open(bot, world)
    world.discord.search = refuse_token  # type: ignore[method-assign]
    await bot.recovery.recover(await bot.ledger.open_intents(0.0))
    assert set((await bot.states()).values()) == {"intent"}


async def refuse_token(_guild_id: int, _text_channel_id: int) -> Searched:
    raise TokenRefused("401")


async def test_an_edit_without_access_waits_until_the_channel_is_tried_again(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.round()
    edit = world.discord.edit
    world.discord.edit = refuse_access  # type: ignore[method-assign]
    world.live("a", "s1", title="Other")
    await bot.poll()
    await bot.change()
    assert [each.reason for each in await bot.guilds.pauses(1)] == ["no_access"]
    world.discord.edit = edit  # type: ignore[method-assign]
    await bot.change()
    assert "Hello" in world.discord.shown(10)[0].content
    await bot.guilds.resume(1)
    await bot.change()
    assert "Other" in world.discord.shown(10)[0].content


async def refuse_access(_text_channel_id: int, _message_id: int, _message: object) -> None:
    raise ChannelRefused("no_access")
