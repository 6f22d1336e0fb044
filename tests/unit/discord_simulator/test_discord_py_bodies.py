"""What discord.py itself sends is taken: commands, messages, views and forms."""

from typing import Any

import pytest

from discord_simulator.interactions.desk import read_choices, read_modal
from discord_simulator.messages.drafts import read_draft

discord = pytest.importorskip("discord")

from discord import app_commands  # noqa: E402
from discord.http import handle_message_parameters  # noqa: E402


async def tree_of(*commands: Any) -> list[dict[str, Any]]:
    """Return the bodies of commands as a client registers them."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)
    for command in commands:
        tree.add_command(command)
    return [command.to_dict(tree) for command in tree.get_commands()]


async def test_commands_with_all_kinds_of_options(server: Any) -> None:
    @app_commands.command(description="Follow somebody")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    @app_commands.rename(login="who")
    @app_commands.describe(login="Whom")
    @app_commands.choices(end=[app_commands.Choice(name="Leave it", value="leave")])
    async def follow(
        _interaction: discord.Interaction, login: str, channel: discord.TextChannel, role: discord.Role | None,
        user: discord.Member | None, end: str | None, hours: app_commands.Range[int, 1, 48] | None,
        share: app_commands.Range[float, 0, 1] | None, on: bool = False, text: app_commands.Range[str, 1, 5] = "x",
    ) -> None: ...  # fmt: skip

    @follow.autocomplete("login")
    async def suggest(_interaction: discord.Interaction, _current: str) -> list[Any]:
        return []

    clips = app_commands.Group(name="clips", description="Clips", default_permissions=discord.Permissions(32))

    @clips.command(description="Turn them off")
    async def off(_interaction: discord.Interaction) -> None: ...

    bodies = await tree_of(follow, clips)
    made = server.discord.commands.overwrite(0, bodies)
    assert [each["default_member_permissions"] for each in made] == ["32", "32"]
    assert [each["type"] for each in made[0]["options"]] == [3, 7, 8, 6, 3, 4, 10, 5, 3]
    assert [each["name"] for each in server.discord.commands.offered(
        server.guild, server.channel("live"), server.owner().user_id
    )] == ["clips", "follow"]  # fmt: skip


async def test_messages_with_embeds_mentions_and_views() -> None:
    class Buttons(discord.ui.View):
        @discord.ui.button(label="Next", emoji="➡️")
        async def following(self, _interaction: Any, _button: Any) -> None: ...

        @discord.ui.select(options=[discord.SelectOption(label="One", description="First")])
        async def choose(self, _interaction: Any, _menu: Any) -> None: ...

        @discord.ui.select(cls=discord.ui.ChannelSelect, channel_types=[discord.ChannelType.text], placeholder="Where")
        async def where(self, _interaction: Any, _menu: Any) -> None: ...

    buttons = Buttons()
    buttons.add_item(discord.ui.Button(label="Watch", url="https://twitch.tv/x"))
    embed = discord.Embed(title="x", url="https://a.b/?m=1", colour=0x9146FF, timestamp=discord.utils.utcnow())
    embed.set_author(name="y", icon_url="https://a.b/i.png").set_footer(text="z").add_field(name="a", value="b")
    embed.set_image(url="https://a.b/p.png").set_thumbnail(url="https://a.b/t.png")
    allowed = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(5)], replied_user=False)
    with handle_message_parameters("hi", embed=embed, view=buttons, allowed_mentions=allowed, nonce="n") as sent:
        draft = read_draft(sent.payload)
    assert (draft.content, draft.nonce, draft.enforces_nonce) == ("hi", "n", True)
    assert (draft.allowed.kinds, draft.allowed.roles) == (frozenset(), {5})
    assert len(draft.components) == 3
    with handle_message_parameters(None, embed=None, view=None, attachments=[]) as cleared:
        edited = read_draft(cleared.payload)
    assert edited.given >= {"content", "embeds", "components", "attachments"}


async def test_forms_and_suggestions() -> None:
    class Words(discord.ui.Modal, title="Your words"):
        text: Any = discord.ui.TextInput(label="Text", default="x", max_length=100)
        kind: Any = discord.ui.Label(
            text="Kind", component=discord.ui.Select(options=[discord.SelectOption(label="a")])
        )

    assert read_modal(Words().to_dict())["title"] == "Your words"
    assert read_choices([app_commands.Choice(name="a", value="b").to_dict()]) == [{"name": "a", "value": "b"}]
