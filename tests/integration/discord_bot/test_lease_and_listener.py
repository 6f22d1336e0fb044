"""Who answers and sends, and how news of moments arrives, on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.discord_moments import Recorder
from integration.support.discord_world import Bot, World

from discord_bot.data.database import Database
from discord_bot.data.lease import Lease
from discord_bot.data.moments import Moments
from discord_bot.posting import moment_listener
from discord_bot.posting.moment_listener import MomentListener
from moment_detection.hidden_words import HiddenWords
from service_runtime.postgres import PostgresAwayError

WAIT_SECONDS = 20.0  # the machine may be busy


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def test_one_instance_has_the_lease_until_it_ends_or_is_given_back(bot: Bot) -> None:
    await bot.lease.give_back()
    one, two = (Lease(bot.database, name, 0.3) for name in ("a", "b"))
    assert await one.take()
    assert await one.take()
    assert not await two.take()
    async with asyncio.timeout(WAIT_SECONDS):
        while not await two.take():
            await asyncio.sleep(0.02)
    assert not await one.take()
    await one.give_back()  # it is not its own any more
    assert not await one.take()
    await two.give_back()
    assert await one.take()


async def test_postgres_away_is_said_in_time() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    await database.open()
    with pytest.raises(PostgresAwayError):
        async with asyncio.timeout(WAIT_SECONDS):
            await Lease(database, "a", 1.0).take()
    await database.close()


class Heard:
    """What the listener hands on."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.gone = 0

    async def changed(self, ids: Sequence[str]) -> None:
        self.ids += ids

    async def someone_gone(self) -> None:
        self.gone += 1


@asynccontextmanager
async def listening(bot: Bot, world: World, heard: Heard) -> AsyncIterator[None]:
    """A listener that has compared once."""
    listener = MomentListener(
        conninfo=world.conninfo,
        moments=Moments(bot.database, HiddenWords()),
        changed=heard.changed,
        gone=heard.someone_gone,
    )
    task = asyncio.create_task(listener.run())
    await until(lambda: heard.gone > 0)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_moment_and_its_clip_are_news(bot: Bot, world: World, postgres: str) -> None:
    recorder, heard = Recorder(postgres, world), Heard()
    async with listening(bot, world, heard):
        recorder.moment("raised", "m1")
        await until(lambda: "m1" in heard.ids)
        before = heard.ids.count("m1")
        recorder.clip("made", "m1")
        await until(lambda: heard.ids.count("m1") > before)


async def test_what_came_without_a_notification_is_found(
    bot: Bot, world: World, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moment_listener, "LISTEN_SECONDS", 0.1)
    recorder, heard = Recorder(postgres, world), Heard()
    recorder.moment("closed", "before")
    async with listening(bot, world, heard):
        await until(lambda: "before" in heard.ids)
        with psycopg.connect(postgres, autocommit=True) as owner:
            owner.execute("UPDATE moments SET revision_number = 4")
        await until(lambda: heard.ids.count("before") == 2)


async def test_an_opt_out_is_heard(bot: Bot, world: World, postgres: str) -> None:
    heard = Heard()
    async with listening(bot, world, heard):
        before = heard.gone
        with psycopg.connect(as_role(postgres, "recorder"), autocommit=True) as connection:
            connection.execute("""SELECT pg_notify('moments', '{"channel": "1"}')""")
        await until(lambda: heard.gone > before)
