"""The gateway: resuming, invalid sessions, close codes, and what discord.py hears of its servers."""

import asyncio
import contextlib
import json
import zlib
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from discord_simulator.process import BOT_TOKEN, DiscordProcess

discord = pytest.importorskip("discord")

from integration.support.discord_client import Bot, order, running, until  # noqa: E402

IDENTIFY = {"token": BOT_TOKEN, "intents": 1, "properties": {}}


async def test_a_lost_connection_is_resumed_without_losing_an_event(
    simulator: DiscordProcess, guild: dict[str, Any]
) -> None:
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "gateway", action="refuse", seconds=0.5)
        await order(simulator, "gateway", action="drop")
        await order(simulator, "channel", guild_id=guild["guild_id"], name="missed")
        await until(lambda: bot.heard("resumed"))
        assert [each.name for each in bot.heard("guild_channel_create")] == ["missed"]
        assert len(bot.heard("ready")) == 1


@pytest.mark.parametrize(
    ("fields", "resumed", "ready"),
    [
        ({"action": "reconnect"}, 1, 1),
        ({"action": "close", "code": 4000}, 1, 1),
        ({"action": "invalidate", "can_resume": True}, 1, 1),
        ({"action": "invalidate"}, 0, 2),
        ({"action": "silence", "seconds": 0.2}, 1, 1),
    ],
)
async def test_the_client_comes_back(
    simulator: DiscordProcess, fields: dict[str, Any], resumed: int, ready: int
) -> None:
    bot = Bot()
    async with running(simulator, bot):
        await order(simulator, "gateway", **fields)
        await until(lambda: (len(bot.heard("resumed")), len(bot.heard("ready"))) == (resumed, ready))


async def test_a_session_that_is_over_begins_anew(simulator: DiscordProcess) -> None:
    bot = Bot()
    async with running(simulator, bot):
        bot.ws.session_id = "unknown"
        await order(simulator, "gateway", action="drop")
        await until(lambda: len(bot.heard("ready")) == 2)


async def test_the_client_hears_what_happens_to_its_servers(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot, place = Bot(), {"guild_id": guild["guild_id"]}
    async with running(simulator, bot):
        bot.events.clear()
        await order(simulator, "delete_role", role_id=guild["roles"]["Live pings"], **place)
        await order(simulator, "delete_channel", channel_id=guild["channels"]["live"])
        for action in ("outage", "return", "kick", "join"):
            await order(simulator, "membership", action=action, **place)
        await until(lambda: bot.heard("guild_join"))
    assert [name for name, _ in bot.events] == [
        "guild_role_delete", "guild_channel_delete", "guild_unavailable", "guild_available", "guild_remove",
        "guild_join",
    ]  # fmt: skip


async def closed_with(simulator: DiscordProcess, *rows: Any) -> int:
    """Send payloads on a raw connection and return the code with which it is closed."""
    async with connect(f"{simulator.gateway}/?v=10") as socket:
        with contextlib.suppress(ConnectionClosed):
            for row in rows:
                await socket.send(row if isinstance(row, str) else json.dumps(row))
            while True:
                await asyncio.wait_for(socket.recv(), 10)
        return int(socket.close_code or 0)


@pytest.mark.parametrize(("code", "rows"), [(4002, ["{"]), (4004, [{"op": 2, "d": IDENTIFY | {"token": "wrong"}}])])
async def test_mistakes_close_the_connection(simulator: DiscordProcess, code: int, rows: list[Any]) -> None:
    assert await closed_with(simulator, *rows) == code


async def test_a_client_without_heartbeats_is_closed(tmp_path: Any) -> None:
    with DiscordProcess(tmp_path / "truth", "--heartbeat-seconds", "1") as simulator:
        bot = Bot()
        async with running(simulator, bot):
            assert await closed_with(simulator, {"op": 2, "d": IDENTIFY}) == 4009
            assert not bot.heard("resumed")


async def test_a_zlib_stream_is_read(simulator: DiscordProcess) -> None:
    stream = zlib.decompressobj()
    async with connect(f"{simulator.gateway}/?v=10&compress=zlib-stream") as socket:
        hello = json.loads(stream.decompress(await socket.recv()))
        await socket.send(json.dumps({"op": 1, "d": None}))
        answer = json.loads(stream.decompress(await socket.recv()))
    assert (hello["op"], hello["d"]["heartbeat_interval"], answer["op"]) == (10, 41250, 11)
