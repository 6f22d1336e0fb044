"""discord.py meets failing endpoints, limits and an absent Discord."""

from typing import Any

import aiohttp
import pytest

from discord_simulator.process import DiscordProcess

discord = pytest.importorskip("discord")

from integration.support.discord_client import Bot, order, running, until  # noqa: E402

SEND = "POST /channels/*/messages"


def actions(simulator: DiscordProcess, guild: dict[str, Any]) -> list[str]:
    return [row["action"] for row in simulator.rows("messages") if row["guild_id"] == guild["guild_id"]]


async def test_an_error_of_discord_is_tried_again(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "rest_fault", endpoint=SEND, status=502)
        await bot.channel(guild["guild_id"], "live").send("x")
    assert actions(simulator, guild) == ["create"]


async def test_an_error_behind_which_the_work_was_done(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    """discord.py gives each message a nonce of its own, so that what it tries again is there once."""
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "rest_fault", endpoint=SEND, status=500, acts=True)
        await bot.channel(guild["guild_id"], "live").send("x")
    assert actions(simulator, guild) == ["create", "repeat"]


async def test_a_connection_that_is_cut_behind_the_work(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "live")
        await order(simulator, "rest_fault", endpoint=SEND, status=0, acts=True)
        with pytest.raises((aiohttp.ClientError, OSError)):
            await live.send("x", nonce="cut")
        await live.send("x", nonce="cut")
    assert actions(simulator, guild) == ["create", "repeat"]


async def test_a_used_up_bucket_is_waited_for(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot, route = Bot(), "POST /channels/{channel_id}/messages"
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "live")
        await order(simulator, "exhaust", route=route, place=str(live.id), seconds=0.4)
        await live.send("x")
        await order(simulator, "exhaust", seconds=0.4)
        await live.send("y")
    assert actions(simulator, guild) == ["create", "create"]
    scopes = [row["scope"] for row in simulator.rows("refusals") if row["status"] == 429]
    assert scopes[-2:] == ["user", "global"]


async def test_a_bucket_paces_the_client_without_a_refusal(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "clips")
        before = simulator.state()["refused_by_bucket"]
        for number in range(6):
            await live.send(str(number))
        assert simulator.state()["refused_by_bucket"] == before
    assert actions(simulator, guild) == ["create"] * 6


async def test_cloudflares_refusal_is_no_limit_to_wait_for(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "rest_fault", endpoint=SEND, status=429, has_via=False, body="<html>banned")
        with pytest.raises(discord.HTTPException) as raised:
            await bot.channel(guild["guild_id"], "live").send("x")
        assert raised.value.status == 429


async def test_edits_of_old_messages_are_refused(tmp_path: Any) -> None:
    flags = ("--old-edits", "0", "--old-edit-seconds", "0.05")
    with DiscordProcess(tmp_path / "truth", *flags) as simulator:
        guild, bot = simulator.guilds()[0], Bot()
        async with running(simulator, bot):
            sent = await bot.channel(guild["guild_id"], "live").send("x")
            place = {"channel_id": guild["channels"]["live"], "message_id": str(sent.id)}
            await order(simulator, "age", seconds=3700, **place)
            with pytest.raises(discord.HTTPException) as raised:
                await sent.edit(content="y")
            assert (raised.value.status, raised.value.code) == (429, 30046)


async def test_discord_is_away_and_back(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "away", seconds=1)
        with pytest.raises(discord.DiscordServerError):
            await bot.channel(guild["guild_id"], "live").send("x")
        await until(lambda: bot.heard("resumed"))
        await bot.channel(guild["guild_id"], "live").send("x")
    assert actions(simulator, guild) == ["create"]
