"""Every slash command of the tree, typed in one server while another one has everything set: nothing of it is told,
and nothing of it changes. A command that is not listed here fails the test.
"""

import re
from types import SimpleNamespace
from typing import Any, cast

import discord
import psycopg
import pytest
from discord import app_commands
from integration.support.discord_world import Bot, World

from discord_bot.commands.desk import Desk
from discord_bot.commands.pages import PageButton
from discord_bot.commands.tree import COMMANDS

RICH, POOR, BOTH_ROOM = 1, 2, 99
SECRET = "only-in-the-rich-server"  # part of its own words
RICH_CHANNEL, RICH_ROLE = 777_001, 777_002
RICH_ONLY = (SECRET, str(RICH_CHANNEL), str(RICH_ROLE), "Shroud")
ROOM = cast(discord.TextChannel, SimpleNamespace(id=BOTH_ROOM))
TYPED: dict[str, list[dict[str, Any]]] = {  # by command: what a server types that has nothing set
    "addstreamer": [{"streamers": "ninja"}, {"streamers": "ninja", "games": "chess", "channel": ROOM}],
    "removestreamer": [{"streamer": "shroud"}, {"streamer": "id:2"}, {"streamer": "ninja"}],
    "streamers": [{}, {"page": 2}],
    "live": [{}],
    "stats": [{"streamer": "shroud"}, {"streamer": "id:2"}],
    "setchannel": [{}, {"channel": ROOM, "message": "{name}", "ending": "leave"}, {"message": "default"}],
    "clips": [{}, {"enabled": True, "channel": ROOM, "digest": "daily"}, {"enabled": False, "per_hour": 3}],
    "preview": [{}, {"example": "ended"}, {"example": "moment"}],
    "settings": [{}],
    "language": [{"language": "es"}, {"language": "auto"}],
    "help": [{}],
}
EVERY = [pytest.param(each, id=each.name) for each in COMMANDS]
Command = app_commands.Command[Any, ..., None]


class Call:
    """An interaction of a server's manager as discord.py hands it over, and what was answered."""

    def __init__(self, desk: Desk, guild_id: int) -> None:
        self.said: list[str] = []
        self.guild_id, self.channel_id, self.guild, self.guild_locale = guild_id, BOTH_ROOM, None, None
        self.permissions = discord.Permissions(manage_guild=True)
        self.command = SimpleNamespace(qualified_name="test")
        self.locale = "en-US"
        self.client = SimpleNamespace(desk=desk, holds=lambda: True)
        self.response = SimpleNamespace(defer=self._defer, is_done=lambda: False)
        self.followup = SimpleNamespace(send=self._say)

    async def _defer(self, **_: Any) -> None:
        """Nothing is said yet."""

    async def _say(self, text: str = "", **options: Any) -> None:
        embed = options.get("embed")
        self.said.append(text + (str(embed.to_dict()) if isinstance(embed, discord.Embed) else ""))

    async def edit_original_response(self, content: str, **_: Any) -> None:
        self.said.append(content)


@pytest.fixture
async def desk(bot: Bot, world: World) -> Desk:
    """A server that has everything set and follows two, one of them live; and one that has nothing."""
    world.twitch.users = {"1": "ninja", "2": "shroud"}
    desk = Desk(
        guilds=bot.guilds, follows=bot.follows, streams=bot.streams, suggestions=bot.suggestions,
        side=world.discord, twitch=world.twitch,
    )  # fmt: skip
    for guild_id in (RICH, POOR):
        await bot.join(guild_id)
    room, role = SimpleNamespace(id=RICH_CHANNEL), SimpleNamespace(id=RICH_ROLE, is_default=lambda: False)
    own: list[tuple[str, dict[str, Any]]] = [
        ("setchannel", {"channel": room, "role": role, "message": f"{{name}} {SECRET}", "ending": "delete"}),
        ("clips", {"enabled": True, "channel": room, "moods": "hype", "digest": "weekly", "per_hour": 7}),
        ("addstreamer", {"streamers": "ninja shroud", "message": f"{{name}} {SECRET}", "role": role}),
        ("language", {"language": "de"}),
    ]
    for name, options in own:
        assert await said(desk, named(name), options, RICH)
    world.live("2", "s2")
    await bot.round()
    await bot.guilds.pause(RICH, RICH_CHANNEL, "channel_gone")
    return desk


def named(name: str) -> Command:
    return next(each for each in COMMANDS if each.name == name)


async def said(desk: Desk, command: Command, options: dict[str, Any], guild_id: int) -> list[str]:
    """Type a command; return the answers."""
    call = Call(desk, guild_id)
    await command.callback(call, **options)  # type: ignore[arg-type,call-arg]
    return call.said


def kept(postgres: str, guild_id: int) -> dict[str, list[Any]]:
    """Return every row of every table that belongs to a server."""
    with psycopg.connect(postgres) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name"
            " WHERE column_name = 'guild_id' ORDER BY 1"
        ).fetchall()
        assert len(tables) >= 4
        return {
            table: connection.execute(
                f"SELECT to_jsonb(t) FROM {table} AS t WHERE guild_id = %s ORDER BY to_jsonb(t)::text",
                (guild_id,),
            ).fetchall()
            for (table,) in tables
        }


def test_each_command_of_the_tree_is_tried() -> None:
    assert set(TYPED) == {each.name for each in COMMANDS}
    options = {each.name: {option.name for option in each.parameters} for each in COMMANDS}
    for name, typed in TYPED.items():
        assert all(set(each) <= options[name] for each in typed), name


@pytest.mark.parametrize("command", EVERY)
async def test_it_tells_nothing_of_another_server_and_changes_nothing(
    command: Command, desk: Desk, world: World, postgres: str
) -> None:
    before, posted = kept(postgres, RICH), len(world.discord.channels[RICH_CHANNEL])
    assert all(before[table] for table in ("discord_guilds", "discord_follows", "discord_pauses"))
    for options in TYPED[command.name]:
        (answer,) = await said(desk, command, options, POOR)
        typed = " ".join(map(str, options.values())).casefold()
        told = [each for each in RICH_ONLY if each in answer and each.casefold() not in typed]
        assert not told, answer
    assert kept(postgres, RICH) == before
    assert len(world.discord.channels[RICH_CHANNEL]) == posted


@pytest.mark.parametrize("command", EVERY)
async def test_it_suggests_nothing_that_another_server_has_set(command: Command, desk: Desk) -> None:
    """Names and games of streamers are public, so /addstreamer may offer them; who follows whom is not."""
    for option in (each for each in command.parameters if each.autocomplete):
        for typed in ("", "s", "shroud", "n", "ninja"):
            call = Call(desk, POOR)
            offered: list[str] = []

            async def take(choices: list[app_commands.Choice[str]], into: list[str] = offered) -> None:
                into += [f"{each.name} {each.value}" for each in choices]

            call.response.autocomplete = take
            await command._invoke_autocomplete(call, option.name, SimpleNamespace(**{option.name: typed}))  # type: ignore[arg-type]
            public = command.name == "addstreamer"
            assert not [each for each in offered if SECRET in each or (not public and "hroud" in each)]


async def test_a_button_turns_the_pages_of_the_server_where_it_is_pressed(desk: Desk) -> None:
    for page in (1, 2):
        call = Call(desk, POOR)
        await PageButton(page, "x").callback(call)  # type: ignore[arg-type]
        (answer,) = call.said
        assert not re.search("Ninja|Shroud", answer)
