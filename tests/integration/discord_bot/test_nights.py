"""A channel's own people are told of last night, once; what they hide is gone from what stands on Discord."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from integration.support.discord_moments import CHANNEL, Recorder
from integration.support.discord_world import SITE, Bot, Killed, World

Another = Callable[..., Awaitable[Bot]]
STREAM = "INSERT INTO streams VALUES (%s, %s, now() - interval '3 hours', %s, 'A night', 'Chess', 'en', now())"
RECAP = "INSERT INTO stream_recaps (stream_id, channel_id, started_at, is_open) VALUES (%s, %s, now(), %s)"


@pytest.fixture
def owner(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        yield connection


@pytest.fixture
def recorder(postgres: str, world: World) -> Recorder:
    return Recorder(postgres, world)


def consent(owner: psycopg.Connection, guild_id: int = 1, user_id: str = CHANNEL, text_channel_id: int = 10) -> None:
    """Let a person want to be told, before the stream ended."""
    for person in {CHANNEL, user_id}:
        sql = "INSERT INTO twitch_consents (user_id, login, tokens) VALUES (%s, 'x', '') ON CONFLICT DO NOTHING"
        owner.execute(sql, (person,))
    values = (CHANNEL, user_id, guild_id, text_channel_id)
    owner.execute("INSERT INTO night_choices VALUES (%s, %s, %s, %s, now() - interval '1 day')", values)


def night(owner: psycopg.Connection, world: World, recorder: Recorder, stream_id: str = "s1") -> None:
    """Write a night of two moments, one with a clip, that is counted to its end."""
    owner.execute("INSERT INTO channels VALUES (%s, 'logina', 'NameA', now()) ON CONFLICT DO NOTHING", (CHANNEL,))
    for number, status in enumerate(("made", "too_late")):
        crossed_at = round((world.now() - timedelta(hours=2 - number)).timestamp() * 1000)
        recorder.moment("closed", f"{stream_id}-m{number}", crossed_at=crossed_at)
        recorder.clip(status, f"{stream_id}-m{number}")
    owner.execute(STREAM, (stream_id, CHANNEL, world.now() - timedelta(minutes=40)))
    owner.execute(RECAP, (stream_id, CHANNEL, False))


async def round_of(bot: Bot) -> None:
    await bot.night_recaps.intend(bot.sender)
    await bot.send()


async def test_last_night_is_told_once_where_it_was_chosen(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await bot.join(1, 10)
    await bot.join(2, 20, language="de")
    night(owner, world, recorder)
    await round_of(bot)
    assert not world.discord.ours(10)  # nobody wanted it
    consent(owner)
    consent(owner, 2, "editor", 20)
    owner.execute("UPDATE stream_recaps SET is_open = true")
    await round_of(bot)
    assert not world.discord.ours(10)  # it is not counted to its end
    owner.execute("UPDATE stream_recaps SET is_open = false")
    for _ in range(3):
        await round_of(bot)
    (english,), (german,) = world.discord.shown(10), world.discord.shown(20)
    assert english.content == "Last night of **NameA**. Your chat erupted 2 times."
    assert "2-mal" in german.content
    page = f"{SITE}/channels/logina/streams/s1"
    assert english.card.image_url.startswith(f"{page}.png?lang=en&v=")
    assert german.card.image_url.startswith(f"{page}.png?lang=de&v=")
    assert any("clips.twitch.tv" in each.value for each in english.card.fields)


async def test_who_took_the_consent_back_is_not_told(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await bot.join(1, 10)
    night(owner, world, recorder)
    consent(owner)
    await bot.night_recaps.intend(bot.sender)  # it is meant, and not sent yet
    owner.execute("DELETE FROM twitch_consents")
    await bot.send()
    assert not world.discord.ours(10)
    assert owner.execute("SELECT count(*) FROM night_choices").fetchone() == (0,)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_a_night(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection, another: Another, when: Any
) -> None:
    await bot.join(1, 10)
    night(owner, world, recorder)
    consent(owner)
    world.discord.faults = [(when, Killed())]
    await bot.night_recaps.intend(bot.sender)
    await bot.killed()
    world.offset += timedelta(minutes=10)
    later = await another("one")
    await later.recover()
    await round_of(later)
    assert len(world.discord.ours(10)) == 1
    assert set((await later.states()).values()) == {"sent"}


async def test_a_hidden_moment_is_gone_from_what_stands_there(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await bot.join(1, 10, digest="daily")
    night(owner, world, recorder)
    consent(owner)
    await round_of(bot)
    assert any("clips.twitch.tv" in each.value for each in world.discord.shown(10)[0].card.fields)
    owner.execute("SELECT hide_own_moment(%s, 's1-m0')", (CHANNEL,))
    await bot.sending(bot.stale.renew(bot.sender))
    (message,) = world.discord.shown(10)
    assert message.content.endswith("Your chat erupted once.")
    assert not any("clips.twitch.tv" in each.value for each in message.card.fields)
    assert owner.execute("SELECT count(*) FROM discord_stale").fetchone() == (0,)
    owner.execute("SELECT hide_own_moment(%s, 's1-m1')", (CHANNEL,))
    await bot.sending(bot.stale.renew(bot.sender))
    assert not world.discord.shown(10)  # nothing of it is left


async def test_a_hidden_moment_is_gone_from_digests_and_from_what_was_final(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await bot.join(1, 10)
    owner.execute("INSERT INTO channels VALUES (%s, 'logina', 'NameA', now()) ON CONFLICT DO NOTHING", (CHANNEL,))
    recorder.moment("closed", "m1")
    recorder.clip("made", "m1")
    write = (
        "INSERT INTO discord_messages (guild_id, kind, subject, channel_id, text_channel_id, nonce, state, settled_at, "
        "message_id, shown_version, is_final) "
        "VALUES (1, %s, %s, %s, 10, %s, 'sent', now() + interval '1 minute', %s, 4, %s)"
    )
    owner.execute(write, ("moment", "m1", CHANNEL, "n1", 71, True))
    owner.execute(write, ("digest", "daily:2026-01-01", None, "n2", 72, False))
    owner.execute(write, ("live", "s9", CHANNEL, "n3", 73, True))
    owner.execute(
        "INSERT INTO discord_streams (stream_id, channel_id, started_at, ended_at) "
        "VALUES ('s9', %s, now() - interval '1 hour', now() + interval '1 hour')",
        (CHANNEL,),
    )
    owner.execute("SELECT hide_own_moment(%s, 'm1')", (CHANNEL,))
    stale = "SELECT m.kind, is_final, s.kind IS NOT NULL FROM discord_messages m LEFT JOIN discord_stale s"
    kinds = f"{stale} USING (guild_id, subject) ORDER BY 1"
    expected = [("digest", False, True), ("live", False, False), ("moment", False, False)]
    assert owner.execute(kinds).fetchall() == expected
    assert owner.execute("SELECT revision FROM discord_streams").fetchone() == (2,)  # the notice is made anew
