"""The end of a stream on a real Postgres: its notice becomes the recap, in the server's language."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from integration.support.discord_moments import CHANNEL, Recorder
from integration.support.discord_world import SITE, Bot, World, two_servers


@pytest.fixture
def recorder(postgres: str, world: World) -> Recorder:
    return Recorder(postgres, world)


@pytest.fixture
def owner(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        yield connection


async def end_of_stream(bot: Bot, world: World) -> None:
    """Let the stream end, and the notices follow."""
    await bot.poll()
    del world.twitch.live[CHANNEL]
    for wait in (1, 130):
        world.offset += timedelta(seconds=wait)
        await bot.poll()
    await bot.change()


async def burst(world: World, recorder: Recorder, clips: tuple[str, ...] = ("made", "skipped")) -> None:
    for number, status in enumerate(clips):
        world.offset += timedelta(minutes=10)
        recorder.moment("closed", f"m{number}")
        recorder.clip(status, f"m{number}")


async def test_the_notice_becomes_the_recap_in_each_servers_language(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await two_servers(bot)
    await bot.guilds.change(2, {"language": "de"})
    world.live(CHANNEL, "s1")
    await bot.round()
    owner.execute("INSERT INTO streams VALUES ('s1', %s, now(), NULL, '', '', '', now())", (CHANNEL,))
    await burst(world, recorder)
    await end_of_stream(bot, world)
    english, german = world.discord.shown(10)[0], world.discord.shown(20)[0]
    assert english.content.endswith("Your chat erupted 2 times.")
    assert german.content.endswith("Dein Chat ist 2-mal explodiert.")
    page = f"{SITE}/channels/logina/streams/s1"
    assert english.card.image_url.startswith(f"{page}.png?lang=en&v=")
    assert german.card.image_url.startswith(f"{page}.png?lang=de&v=")
    fields = {each.name: each.value for each in german.card.fields}
    assert fields["Rückblick"] == f"[Der ganze Stream]({page}?lang=de)"
    lines = fields["Die größten Momente"].splitlines()
    assert len(lines) == 2
    assert sum("](https://clips.twitch.tv/" in each for each in lines) == 1
    assert sum(f"]({SITE}/moments/m1)" in each for each in lines) == 1


async def test_what_is_hidden_or_unknown_to_the_site_is_not_told(
    bot: Bot, world: World, recorder: Recorder, owner: psycopg.Connection
) -> None:
    await two_servers(bot)
    world.live(CHANNEL, "s1")
    await bot.round()
    await burst(world, recorder)
    recorder.hide("m0")
    recorder.hide("m1")
    await end_of_stream(bot, world)
    told = world.discord.shown(10)[0]
    assert "erupted" not in told.content
    assert told.card.image_url == ""
    assert "Recap" not in [each.name for each in told.card.fields], "the recorder knows no such stream"


async def test_a_stream_without_a_moment_has_a_link_alone(bot: Bot, world: World, owner: psycopg.Connection) -> None:
    await two_servers(bot)
    world.live(CHANNEL, "s1")
    await bot.round()
    owner.execute("INSERT INTO streams VALUES ('s1', %s, now(), NULL, '', '', '', now())", (CHANNEL,))
    await end_of_stream(bot, world)
    told = world.discord.shown(10)[0]
    assert told.card.image_url == ""
    assert [each.name for each in told.card.fields][-1] == "Recap"
