"""Moments on a real Postgres: posted by choice, edited into the clip, withdrawn without one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from integration.support.discord_moments import CHANNEL, Recorder
from integration.support.discord_world import Bot, Killed, World

Another = Callable[..., Awaitable[Bot]]


@pytest.fixture
def recorder(postgres: str, world: World) -> Recorder:
    return Recorder(postgres, world)


async def wanting(bot: Bot, **changes: Any) -> None:
    """Server 1 follows the channel and wants any moment."""
    await bot.join(1, **({"moments_on": True, "moments_least_seconds": 0} | changes))
    await bot.follow(1, CHANNEL)


async def news(bot: Bot, *moment_ids: str) -> None:
    """Tell the bot that these have changed."""
    await bot.sending(bot.posts.changed(moment_ids or ("m1",), bot.sender))
    await bot.send()


async def test_a_moment_comes_with_its_clip(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot)
    recorder.moment("raised")
    await news(bot)
    assert not world.discord.ours(10)
    recorder.clip("made")
    await news(bot)
    await news(bot)
    (message,) = world.discord.shown(10)
    assert message.content.startswith("**Logina** · Chat ")
    assert "https://" in message.content.splitlines()[1]


async def test_early_it_grows_into_the_clip(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot, moments_early=True)
    for revision in ("raised", "peaked", "closed"):
        recorder.moment(revision)
        await news(bot)
    recorder.clip("made")
    await news(bot)
    (sent,) = world.discord.ours(10)
    assert len(sent.edits) == 3
    assert "https://" in sent.edits[-1].content


@pytest.mark.parametrize("how", ["refused", "skipped", "hidden", "cause"])
async def test_it_goes_away_without_a_clip(bot: Bot, world: World, recorder: Recorder, how: str) -> None:
    await wanting(bot, moments_early=True)
    recorder.moment("raised")
    await news(bot)
    assert len(world.discord.ours(10)) == 1
    if how == "hidden":
        recorder.hide("m1")
    elif how == "cause":
        recorder.moment("closed", no_clip_reason="cause")
    else:
        recorder.clip(how)
    await news(bot)
    await news(bot)
    assert not world.discord.ours(10)


async def test_off_others_and_the_rate(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot, moments_per_hour=2)
    await bot.join(2)
    await bot.follow(2, CHANNEL)
    await bot.join(3, moments_on=True, moments_least_seconds=0)
    for number in range(4):
        recorder.moment("closed", f"m{number}")
        recorder.clip("made", f"m{number}")
    await news(bot, "m0", "m1", "m2", "m3")
    assert len(world.discord.ours(10)) == 2
    assert not world.discord.ours(20)  # moments are off
    assert not world.discord.ours(30)  # it follows somebody else


async def test_killed_after_a_post(bot: Bot, world: World, recorder: Recorder, another: Another) -> None:
    await wanting(bot)
    recorder.moment("closed")
    recorder.clip("made")
    world.discord.faults = [("after", Killed())]
    await bot.posts.changed(["m1"], bot.sender)
    await bot.killed()
    world.offset += timedelta(minutes=10)
    later = await another("one")
    await later.recover()
    await news(later)
    assert len(world.discord.ours(10)) == 1
    assert set((await later.states()).values()) == {"sent"}


async def test_the_best_of_a_time(bot: Bot, world: World, recorder: Recorder) -> None:
    await wanting(bot)
    for number in range(3):
        recorder.moment("closed", f"m{number}")
        recorder.clip("made", f"m{number}")
    recorder.moment("closed", "without")
    now = world.now()
    best = await bot.moments.best(1, now - timedelta(hours=1), now + timedelta(hours=1), 2)
    assert len(best) == 2
    assert all(each.has_clip for each in best)
    assert await bot.streams.best_clip(CHANNEL, now - timedelta(hours=1), now + timedelta(hours=1))
    assert len(await bot.moments.recent_versions(10)) == 4
