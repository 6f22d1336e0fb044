"""Notices of streams on a real Postgres: each server is told once, whatever Twitch, Discord and power cuts do."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from integration.support.discord_world import Bot, Killed, World, away, two_servers

from discord_bot.sending.errors import ChannelRefused, Rejected

Another = Callable[..., Awaitable[Bot]]


async def test_each_server_is_told_once(bot: Bot, world: World) -> None:
    await two_servers(bot)
    await bot.round()
    assert not world.discord.channels
    world.live("a", "s1")
    for _ in range(3):
        await bot.round()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1
    assert world.discord.shown(10)[0].content.startswith("Logina is live: Hello")
    assert set((await bot.states()).values()) == {"sent"}


async def test_flapping_and_a_week_off(bot: Bot, world: World, another: Another) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.round()
    stream = world.twitch.live.pop("a")
    await bot.round()
    world.offset += timedelta(seconds=75)
    world.twitch.live["a"] = stream
    await bot.round()
    assert len(world.discord.ours(10)) == 1
    world.offset += timedelta(days=7)
    del world.twitch.live["a"]
    later = await another("one")
    world.live("b", "s9")
    await later.round()
    await later.recover()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1
    world.live("a", "s2")
    await later.round()
    assert len(world.discord.ours(10)) == 2


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_a_send(bot: Bot, world: World, another: Another, when: str) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.poll()
    world.discord.faults = [(when, Killed()), (when, Killed())]  # type: ignore[list-item]
    await bot.killed()
    assert set((await bot.states()).values()) == {"intent"}
    world.offset += timedelta(minutes=10)  # Discord has forgotten the nonce
    later = await another("one")
    await later.poll()
    await later.recover()
    await later.round()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1
    assert set((await later.states()).values()) == {"sent"}


async def test_killed_before_anything_was_queued(bot: Bot, world: World, another: Another) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.poll()
    later = await another("one")
    await later.poll()
    await later.recover()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1


async def test_what_is_over_by_then_is_not_announced(bot: Bot, world: World, another: Another) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.poll()
    world.discord.faults = [("before", Killed()), ("before", Killed())]
    await bot.killed()
    del world.twitch.live["a"]
    world.offset += timedelta(days=7)
    later = await another("one")
    await later.recover()
    await later.poll()
    world.offset += timedelta(seconds=150)
    await later.poll()
    await later.recover()
    assert not world.discord.ours(10)
    assert set((await later.states()).values()) == {"over"}


async def test_history_that_may_not_be_read_is_unknown_and_not_sent_again(
    bot: Bot, world: World, another: Another
) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.poll()
    world.discord.faults = [("after", away(True)), ("after", away(True))]
    await bot.send()
    world.discord.unreadable = {10}
    world.discord.chat(20, 60)
    world.offset += timedelta(minutes=10)
    later = await another("one")
    await later.poll()
    await later.recover()
    await later.round()
    assert (await later.states()) == {(1, "s1"): "unknown", (2, "s1"): "unknown"}
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1


@pytest.mark.parametrize("reached", [True, False])
async def test_discord_away(bot: Bot, world: World, reached: bool) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    when = "after" if reached else "before"
    world.discord.faults = [(when, away(reached)) for _ in range(2)]  # type: ignore[misc]
    await bot.round()
    world.offset += timedelta(minutes=10)
    await bot.poll()
    await bot.recover()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1


async def test_two_instances_with_one_token(bot: Bot, world: World, another: Another) -> None:
    await two_servers(bot)
    other = await another("two", takes_lease=False)
    assert not await other.lease.take()
    world.live("a", "s1")
    await other.round()
    assert await bot.states() == {}
    await bot.round()
    await other.round()
    assert len(world.discord.ours(10)) == 1
    await bot.lease.give_back()
    assert await other.lease.take()
    world.live("a", "s2", started_at=world.now() + timedelta(hours=1))
    await bot.poll()
    await other.round()
    await bot.send()
    assert len(world.discord.ours(10)) == 2


async def test_a_channel_that_is_gone_is_paused_and_tried_again_when_asked(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.discord.refused[10] = ChannelRefused("channel_gone")
    world.live("a", "s1")
    await bot.round()
    await bot.round()
    assert (await bot.states()) == {(1, "s1"): "refused", (2, "s1"): "sent"}
    assert [(each.text_channel_id, each.reason) for each in await bot.guilds.pauses(1)] == [(10, "channel_gone")]
    world.discord.refused.clear()
    await bot.round()
    assert not world.discord.ours(10)
    await bot.guilds.resume(1)
    await bot.round()
    assert len(world.discord.ours(10)) == len(world.discord.ours(20)) == 1


async def test_a_message_that_discord_does_not_take_is_not_tried_for_ever(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.discord.refused[10] = Rejected("400")
    world.live("a", "s1")
    await bot.round()
    assert (await bot.states())[1, "s1"] == "over"


async def test_own_channel_role_template_and_games(bot: Bot, world: World) -> None:
    await bot.join(1, role_id=7)
    await bot.follow(1, "a", text_channel_id=11, template="{name}!", games=["Go"])
    world.live("a", "s1")
    await bot.round()
    assert not world.discord.channels
    world.live("a", "s1", game_name="go")
    await bot.round()
    (message,) = world.discord.shown(11)
    assert (message.content, message.role_id) == ("<@&7> Logina!", 7)


async def test_another_title_edits_the_message(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.round()
    await bot.change()
    assert not world.discord.ours(10)[0].edits
    world.live("a", "s1", title="Other")
    await bot.poll()
    await bot.change()
    await bot.change()
    assert [each.content for each in world.discord.ours(10)[0].edits] == [
        "Logina is live: Other\n<https://www.twitch.tv/logina>"
    ]


async def ended(bot: Bot, world: World) -> None:
    """Let channel a's stream be over."""
    del world.twitch.live["a"]
    await bot.poll()
    world.offset += timedelta(seconds=130)
    await bot.poll()
    await bot.change()


@pytest.mark.parametrize("at_end", ["edit", "delete", "leave"])
async def test_the_end_is_the_servers_choice(bot: Bot, world: World, at_end: str) -> None:
    await bot.join(1, at_end=at_end)
    await bot.follow(1, "a")
    world.live("a", "s1")
    await bot.round()
    await ended(bot, world)
    if at_end == "delete":
        assert not world.discord.ours(10)
        return
    (message,) = world.discord.shown(10)
    assert ("was live" in message.content) == (at_end == "edit")


async def test_the_recording_comes_later_and_then_the_notice_rests(bot: Bot, world: World) -> None:
    await bot.join(1)
    await bot.follow(1, "a")
    world.live("a", "s1")
    await bot.round()
    await ended(bot, world)
    world.twitch.recordings["s1"] = "https://www.twitch.tv/videos/1"
    await bot.live.ask_recordings()
    await bot.change()
    assert "https://www.twitch.tv/videos/1" in str(world.discord.shown(10)[0].card)
    await bot.change()
    assert await bot.ledger.changed_notices(10, 3, 7200.0) == []
    assert len(world.discord.ours(10)[0].edits) == 2


async def test_a_deleted_notice_is_not_posted_again(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.round()
    world.discord.channels[10].clear()
    world.live("a", "s1", title="Other")
    await bot.round()
    await bot.change()
    await bot.round()
    assert not world.discord.ours(10)
    assert len(world.discord.ours(20)) == 1


async def test_kicked_and_back(bot: Bot, world: World) -> None:
    await two_servers(bot)
    await bot.guilds.leave(1)
    world.live("a", "s1")
    await bot.round()
    assert not world.discord.ours(10)
    await bot.join(1)
    await bot.round()
    assert len(world.discord.ours(10)) == 1
    await bot.guilds.leave_all_but([2])
    assert await bot.follows.polled_channels() == ["a"]
    await bot.guilds.leave_all_but([])
    assert await bot.follows.polled_channels() == []


async def test_twitch_away_changes_nothing(bot: Bot, world: World) -> None:
    await two_servers(bot)
    world.live("a", "s1")
    await bot.round()
    world.twitch.is_away = True
    world.offset += timedelta(hours=1)
    await bot.round()
    await bot.change()
    assert "was live" not in world.discord.shown(10)[0].content


async def test_viewers_are_sampled_and_summed(bot: Bot, world: World) -> None:
    await two_servers(bot)
    for viewers in (100, 301):
        world.live("a", "s1", viewer_count=viewers)
        await bot.poll()
    (past,) = await bot.streams.last("a", 5)
    assert (past.stream.viewers_peak, past.stream.viewers_mean, past.moments) == (301, 200, 0)


async def test_samples_of_viewers_have_an_end(bot: Bot, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord_bot.data.streams.SAMPLE_SECONDS", 0.0)
    monkeypatch.setattr("discord_bot.data.streams.MOST_SAMPLES", 3)
    await two_servers(bot)
    for viewers in range(5):
        world.live("a", "s1", viewer_count=viewers)
        await bot.poll()
    statement = SimpleNamespace(sql="SELECT viewers FROM discord_viewers")
    assert [row["viewers"] for row in await bot.database.rows(statement)] == [[0, 1, 2]]
