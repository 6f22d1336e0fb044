"""discord.py answers commands, suggestions, buttons, menus and forms."""

import asyncio
from typing import Any

import pytest

from discord_simulator.process import DiscordProcess

discord = pytest.importorskip("discord")

from integration.support.discord_client import Bot, order, running, until  # noqa: E402

EPHEMERAL, LOADING = 1 << 6, 1 << 7


def person(guild: dict[str, Any], channel: str = "general") -> dict[str, str]:
    """Return the server's owner in a channel, for orders."""
    return {"channel_id": guild["channels"][channel], "user_id": guild["owner_id"]}


async def test_a_command_gets_what_was_typed(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot = Bot()

    @bot.tree.command(description="Follow somebody")
    async def follow(
        interaction: discord.Interaction, login: str, channel: discord.TextChannel, role: discord.Role | None = None
    ) -> None:
        may = interaction.permissions.manage_guild
        text = f"{login} {channel.name} {role} {may} {interaction.locale} {interaction.guild_locale}"
        await interaction.response.send_message(text, ephemeral=True)

    @follow.autocomplete("login")
    async def suggest(_interaction: discord.Interaction, current: str) -> list[Any]:
        return [discord.app_commands.Choice(name=f"{current}!", value=current)]

    async with running(simulator, bot):
        await bot.tree.sync()
        half = await order(simulator, "suggest", text="/follow login:sh", **person(guild))
        assert half["choices"] == [{"name": "sh!", "value": "sh"}]
        text = "/follow sh channel:#live role:@Live pings"
        done = await order(simulator, "command", text=text, **person(guild))
        assert (done["answered"], done["ephemeral"]) == (True, True)
        words = done["message"]["content"].split(" ")
        assert " ".join(words[:5]) == "sh live Live pings True"
        assert words[-1] == guild["locale"]
        assert [each["id"] for each in simulator.messages(**person(guild))] == [done["message"]["id"]]
        assert simulator.messages(guild["channels"]["general"]) == []


async def test_a_deferred_answer_is_followed_up(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot, go_on = Bot(), asyncio.Event()

    @bot.tree.command(description="Take time")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await go_on.wait()
        await interaction.followup.send("one")
        await interaction.edit_original_response(content="two")
        extra = await interaction.followup.send("three", wait=True)
        await extra.delete()

    async with running(simulator, bot):
        await bot.tree.sync()
        done = await order(simulator, "command", text="/slow", **person(guild))
        assert done["message"]["flags"] == EPHEMERAL | LOADING
        go_on.set()
        await until(lambda: [row["action"] for row in simulator.rows("messages")][-1:] == ["delete"])
        (left,) = simulator.messages(**person(guild))
        assert (left["content"], left["flags"]) == ("two", EPHEMERAL)


async def test_buttons_and_menus_of_a_view(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    class Pages(discord.ui.View):
        def __init__(self) -> None:
            super().__init__(timeout=None)

        @discord.ui.button(label="Next", custom_id="next")
        async def following(self, interaction: discord.Interaction, _button: Any) -> None:
            await interaction.response.edit_message(content="page 2")

        @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="where")
        async def where(self, interaction: discord.Interaction, menu: Any) -> None:
            await interaction.response.send_message(f"in {menu.values[0].name}", ephemeral=True)

    first, second = Bot(), Bot()
    async with running(simulator, first):
        sent = await first.channel(guild["guild_id"], "general").send("page 1", view=Pages())
    second.add_view(Pages())  # a restart
    async with running(simulator, second):
        pressed = await order(simulator, "press", message_id=sent.id, custom_id="next", **person(guild))
        assert pressed["message"]["content"] == "page 2"
        live = guild["channels"]["live"]
        chosen = await order(simulator, "press", message_id=sent.id, custom_id="where", values=[live], **person(guild))
        assert (chosen["message"]["content"], chosen["ephemeral"]) == ("in live", True)


async def test_a_form_is_filled_in(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    class Words(discord.ui.Modal, title="Your words"):
        text: Any = discord.ui.TextInput(label="Text", custom_id="text")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(f"said {self.text.value}")

    bot = Bot()

    @bot.tree.command(description="Ask for words")
    async def words(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Words())

    async with running(simulator, bot):
        await bot.tree.sync()
        asked = await order(simulator, "command", text="/words", **person(guild))
        assert asked["modal"]["title"] == "Your words"
        sent = await order(simulator, "form", values={"text": "hello"}, **person(guild))
        assert sent["message"]["content"] == "said hello"


async def test_an_answer_that_comes_too_late_is_refused(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bot, go_on = Bot(), asyncio.Event()

    @bot.tree.command(description="Come too late")
    async def late(interaction: discord.Interaction) -> None:
        await go_on.wait()
        await interaction.response.send_message("here")

    async with running(simulator, bot):
        await bot.tree.sync()
        done = await order(simulator, "command", text="/late", **person(guild))
        assert not done["answered"]
        go_on.set()
        (problem,) = await until(lambda: bot.problems)
        assert (problem.status, problem.code) == (404, 10062)


async def test_of_two_instances_one_answers(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    bots = [Bot(), Bot()]
    for bot in bots:

        @bot.tree.command(description="Answer once")
        async def once(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("mine", ephemeral=True)

    async with running(simulator, bots[0]), running(simulator, bots[1]):
        await bots[0].tree.sync()
        assert (await order(simulator, "command", text="/once", **person(guild)))["answered"]
        (problem,) = await until(lambda: bots[0].problems + bots[1].problems)
        assert (problem.status, problem.code) == (400, 40060)
        assert len(simulator.messages(**person(guild))) == 1


async def test_a_command_may_be_allowed_to_others(simulator: DiscordProcess, guild: dict[str, Any]) -> None:
    """A server's owner can offer a command to members whom its author did not mean."""
    bot = Bot()

    @bot.tree.command(description="Change it")
    @discord.app_commands.default_permissions(manage_guild=True)
    @discord.app_commands.checks.has_permissions(manage_guild=True)
    async def change(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("changed")

    async with running(simulator, bot):
        await bot.tree.sync()
        members = [each for name, each in guild["members"].items() if name != "stream-scout"]
        plain = next(each for each in members if each != guild["owner_id"])
        moderator = guild["roles"]["Moderator"]
        take = {"guild_id": guild["guild_id"], "user_id": plain, "role_id": moderator, "action": "take"}
        await order(simulator, "member_role", **take)
        place = {"channel_id": guild["channels"]["general"], "user_id": plain, "text": "/change"}
        with pytest.raises(RuntimeError, match="does not offer"):
            await order(simulator, "command", **place)
        assert not (await order(simulator, "command", force=True, **place))["answered"]
        assert isinstance(bot.problems[0], discord.app_commands.MissingPermissions)
