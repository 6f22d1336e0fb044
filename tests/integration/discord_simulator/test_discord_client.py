"""discord.py logs in, reads servers, and sends, edits and deletes messages."""

import io
from typing import Any

import pytest

from discord_simulator.process import DiscordProcess

discord = pytest.importorskip("discord")

from integration.support.discord_client import Bot, order, running  # noqa: E402

SEND, EMBED, HISTORY = 1 << 11, 1 << 14, 1 << 16


async def test_the_client_knows_its_servers(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        assert bot.user.id == bot.application_id
        found = bot.get_guild(int(guild["guild_id"]))
        assert (found.name, found.preferred_locale.value, found.member_count) == ("Test", guild["locale"], 7)
        live, mods = bot.channel(guild["guild_id"], "live"), bot.channel(guild["guild_id"], "mods")
        assert live.permissions_for(found.me).send_messages
        assert not mods.permissions_for(found.me).view_channel
        assert len(bot.guilds) == simulator.state()["joined"]


async def test_a_wrong_token_is_refused(simulator: DiscordProcess) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(simulator, Bot(), "wrong"):
            pass


async def test_a_message_is_sent_edited_and_deleted(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot, role = Bot(), guild["roles"]["Live pings"]
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "live")
        embed = discord.Embed(title="Live", url="https://twitch.tv/x", colour=0x9146FF)
        embed.add_field(name="Viewers", value="12").set_image(url="attachment://a.png")
        allowed = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(int(role))])
        sent = await live.send(
            f"<@&{role}> @everyone", embed=embed, file=discord.File(io.BytesIO(b"\x89PNG\r\n"), "a.png"),
            allowed_mentions=allowed, nonce="one",
        )  # fmt: skip
        assert (await live.send("again", nonce="one")).id == sent.id
        partial = bot.get_partial_messageable(live.id).get_partial_message(sent.id)
        await partial.edit(content="over", embed=None, attachments=[])
        assert [(each.content, len(each.embeds)) async for each in live.history(limit=50)] == [("over", 0)]
        await partial.delete()
    rows = [row for row in simulator.rows("messages") if row["guild_id"] == guild["guild_id"]]
    assert [row["action"] for row in rows] == ["create", "repeat", "edit", "delete"]
    assert (rows[0]["pinged_roles"], rows[0]["pinged_everyone"], rows[0]["files"]) == ([role], False, ["a.png"])


async def test_errors_carry_discords_codes(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "live")
        sent = await live.send("x")

        async def code(act: Any) -> tuple[type[Exception], int]:
            with pytest.raises(discord.HTTPException) as raised:
                await act
            return type(raised.value), raised.value.code

        assert await code(live.send("x" * 2001)) == (discord.HTTPException, 50035)
        assert await code(live.fetch_message(5)) == (discord.NotFound, 10008)
        assert await code(bot.fetch_channel(5)) == (discord.NotFound, 10003)
        await order(simulator, "overwrite", channel_id=live.id, deny=SEND)
        assert await code(live.send("x")) == (discord.Forbidden, 50013)
        await order(simulator, "overwrite", channel_id=live.id, deny=1 << 10)
        assert await code(live.send("x")) == (discord.Forbidden, 50001)
        await order(simulator, "overwrite", channel_id=live.id)
        await order(simulator, "delete_message", channel_id=live.id, message_id=sent.id)
        assert await code(sent.edit(content="y")) == (discord.NotFound, 10008)
        await order(simulator, "delete_channel", channel_id=live.id)
        assert await code(live.send("x")) == (discord.NotFound, 10003)


async def test_without_history_there_are_no_messages(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()
    async with running(simulator, bot):
        live = bot.channel(guild["guild_id"], "live")
        await live.send("x")
        await order(simulator, "overwrite", channel_id=live.id, deny=HISTORY)
        assert [each async for each in live.history(limit=50)] == []


async def test_shards_share_the_servers(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    class Sharded(Bot, discord.AutoShardedClient):
        pass

    bot = Sharded(shard_count=2)
    async with running(simulator, bot):
        assert len(bot.guilds) == simulator.state()["joined"]
        assert {each.shard_id for each in bot.guilds} == {0, 1}


async def test_commands_are_registered(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()

    @bot.tree.command(description="Say what it does")
    @discord.app_commands.default_permissions(manage_guild=True)
    async def explain(_interaction: discord.Interaction) -> None: ...

    async with running(simulator, bot):
        (everywhere,) = await bot.tree.sync()
        place = discord.Object(int(guild["guild_id"]))
        bot.tree.copy_global_to(guild=place)
        (here,) = await bot.tree.sync(guild=place)
        assert (everywhere.name, here.guild_id) == ("explain", place.id)
        assert [each.id for each in await bot.tree.fetch_commands()] == [everywhere.id]
