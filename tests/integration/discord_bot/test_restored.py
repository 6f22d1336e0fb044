"""A restored database: its ledger may lack what was posted last, so nothing older than the restore is posted."""

from datetime import timedelta

import psycopg
from integration.support.discord_moments import CHANNEL, Recorder
from integration.support.discord_world import Bot, Killed, World

from discord_bot.rules.announcing import Intent
from embedded.paths import INFRASTRUCTURE

RESTORED = INFRASTRUCTURE / "backup" / "restored.sql"


def restore(dsn: str) -> None:
    """What restore.sh writes into the database at its end."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(RESTORED.read_text().replace(":'backup_at'", "now()"))  # type: ignore[call-overload]


def forgotten(dsn: str) -> None:
    """The ledger is that of before the last messages."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DELETE FROM discord_messages")


async def test_a_stream_that_was_announced_is_not_announced_again(bot: Bot, world: World, postgres: str) -> None:
    await bot.join(1)
    await bot.follow(1, "a", "b")
    world.live("a", "s1")
    await bot.round()
    assert len(world.discord.ours(10)) == 1
    forgotten(postgres)
    restore(postgres)
    for _ in range(3):
        await bot.round()
    assert len(world.discord.ours(10)) == 1
    world.live("b", "s2")  # begins after the restore
    await bot.round()
    assert len(world.discord.ours(10)) == 2


async def test_a_moment_that_was_posted_is_not_posted_again(bot: Bot, world: World, postgres: str) -> None:
    recorder = Recorder(postgres, world)
    await bot.join(1, moments_on=True, moments_least_seconds=0)
    await bot.follow(1, CHANNEL)
    recorder.moment("raised")
    recorder.clip("made")
    await bot.posts.changed(["m1"], bot.sender)
    await bot.send()
    assert len(world.discord.ours(10)) == 1
    forgotten(postgres)
    restore(postgres)
    recorder.moment("raised", "m2")
    recorder.clip("made", "m2")
    await bot.posts.changed(["m1", "m2"], bot.sender)
    await bot.send()
    assert len(world.discord.ours(10)) == 2
    assert set(await bot.states()) == {(1, "m2")}


async def test_a_digest_that_was_due_before_is_left_out(bot: Bot, world: World, postgres: str) -> None:
    await bot.join(1)
    restore(postgres)

    def digest(day: str) -> Intent:
        return Intent(guild_id=1, kind="digest", subject=f"daily:{day}", text_channel_id=10, nonce=day)

    now = world.now()
    yesterday, tomorrow = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))
    intended = await bot.ledger.intend([digest(yesterday), digest(tomorrow)])
    assert [each.subject for each in intended] == [f"daily:{tomorrow}"]


async def test_partitions_without_a_position_are_read_from_their_beginning(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("INSERT INTO recorder_positions VALUES ('*', 0, 0), ('moments', 0, 7)")
        restore(postgres)
        assert connection.execute("SELECT topic FROM recorder_positions").fetchall() == [("moments",)]


async def test_what_was_on_its_way_is_unknown(bot: Bot, world: World, postgres: str) -> None:
    await bot.join(1)
    await bot.follow(1, "a")
    world.live("a", "s1")
    await bot.poll()
    world.discord.faults = [("before", Killed())]  # type: ignore[list-item]
    await bot.killed()
    assert await bot.states() == {(1, "s1"): "intent"}
    restore(postgres)
    await bot.recover()
    assert await bot.states() == {(1, "s1"): "unknown"}
    assert not world.discord.ours(10)


async def test_without_a_restore_everything_is_posted(bot: Bot, world: World, postgres: str) -> None:
    forgotten(postgres)
    await bot.join(1)
    await bot.follow(1, "a")
    world.live("a", "s1")
    await bot.round()
    assert len(world.discord.ours(10)) == 1
