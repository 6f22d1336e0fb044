"""Digests on a real Postgres: each day's or week's best once, whatever happens while they are sent."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from integration.support.discord_moments import CHANNEL, Recorder
from integration.support.discord_world import Bot, Killed, World, away

from discord_notices.rules.digest import HOUR, LATE_HOURS

Another = Callable[..., Awaitable[Bot]]


@pytest.fixture
def recorder(postgres: str, world: World) -> Recorder:
    """Two clips and a moment without one, this night; it is an hour after the digest's time."""
    due_at = datetime.combine(datetime.now(UTC).date(), time(HOUR), UTC)
    world.offset = due_at + timedelta(hours=1) - datetime.now(UTC)
    written = Recorder(postgres, world)
    for moment_id, hours in (("m1", 3), ("m2", 5), ("without", 4), ("today", -0.5)):
        crossed_at = round((due_at - timedelta(hours=hours)).timestamp() * 1000)
        written.moment("closed", moment_id, crossed_at=crossed_at)
        if moment_id != "without":
            written.clip("made", moment_id)
    return written


async def wanting(bot: Bot, guild_id: int = 1, **changes: Any) -> None:
    await bot.join(guild_id, **({"digest": "daily"} | changes))
    await bot.follow(guild_id, CHANNEL)


async def round_of(bot: Bot) -> None:
    await bot.digests.intend(bot.sender)
    await bot.send()


async def test_the_best_of_the_day_are_told_once(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot)
    await wanting(bot, 2, digest="none")
    await wanting(bot, 3, moments_channel_id=33, language="de")
    for _ in range(3):
        await round_of(bot)
    (message,) = world.discord.shown(10)
    assert message.content == "**The best moments of the last day**"
    assert len(message.card.description.splitlines()) == 2  # not the one without a clip, nor that of today
    assert not world.discord.ours(20)
    assert world.discord.shown(33)[0].content == "**Die besten Momente des letzten Tages**"
    world.offset += timedelta(days=1)
    await round_of(bot)
    assert len(world.discord.ours(10)) == 2  # the next day has the one of today


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_a_digest(bot: Bot, world: World, recorder: Recorder, another: Another, when: Any) -> None:
    await wanting(bot)
    world.discord.faults = [(when, Killed())]
    await bot.digests.intend(bot.sender)
    await bot.killed()
    world.offset += timedelta(minutes=10)  # Discord has forgotten the nonce
    later = await another("one")
    await later.recover()
    await round_of(later)
    assert len(world.discord.ours(10)) == 1
    assert set((await later.states()).values()) == {"sent"}


async def test_discord_is_away_until_it_is_too_late(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot)
    world.discord.faults = [("before", away(True))]
    await round_of(bot)
    world.offset += timedelta(hours=LATE_HOURS)
    await bot.recover()
    assert not world.discord.ours(10)
    assert set((await bot.states()).values()) == {"over"}


async def test_nothing_to_tell_is_no_message(bot: Bot, world: World, recorder: Recorder) -> None:
    recorder.hide("m1")
    recorder.hide("m2")
    await wanting(bot)
    await round_of(bot)
    assert not world.discord.ours(10)


async def test_a_paused_channel_gets_none_until_it_is_tried_again(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot)
    await bot.guilds.pause(1, 10, "no_permission")
    await round_of(bot)
    assert not world.discord.ours(10)
    await bot.guilds.resume(1)
    await round_of(bot)
    assert len(world.discord.ours(10)) == 1
