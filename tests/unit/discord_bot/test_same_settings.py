"""What can be set by slash command can be set on the website, and the other way round: names, choices and limits."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord import AppCommandOptionType

import discord_notices
from api_frontend.reader import Reader, reading
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings
from api_frontend.text.discord import forms
from api_frontend.views.discord_changes import COMMANDS as SAVED
from api_frontend.views.discord_previews import guild_previews
from api_frontend.views.discord_server import Server, common_values, said_by_bot
from discord_bot.commands.tree import COMMANDS as TREE
from discord_notices.messages.problems import paused_words
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import Follow, Guild, MomentChoice, Streamer
from discord_notices.rules.places import Places, Role, TextChannel
from discord_notices.settings.options import (
    ChannelOptions,
    ClipOptions,
    FollowOptions,
    channel_changes,
    clip_changes,
    follow_changes,
    language_changes,
)
from embedded.paths import REPOSITORY

ANSWERS = {"streamers", "live", "preview", "settings", "stats", "help"}  # commands that set nothing
NOT_SETTINGS = {"csrf", "do", "of"}  # of a form: its session, its button, whose page it is on
SQL = Path(discord_notices.__file__).parent / "storage" / "sql"
GUILD = Guild(guild_id=1, name="x", text_channel_id=5, role_id=6, moments=MomentChoice(is_on=True))
FOLLOWED = Followed(follow=Follow(channel_id="1"), streamer=Streamer(channel_id="1", login="luna", display_name="Luna"))
PLACES = Places(text_channels=(TextChannel(text_channel_id=5, name="live"),), roles=(Role(role_id=6, name="pings"),))


ALL_OPTIONS: dict[type, Any] = {
    ChannelOptions: ChannelOptions(text_channel_id=1, role_id=2, template="x", at_end="leave"),
    ClipOptions: ClipOptions(
        is_on=True,
        least_seconds=0,
        moods="hype",
        games="x",
        text_channel_id=1,
        is_early=True,
        per_hour=2,
        digest="daily",
    ),
    FollowOptions: FollowOptions(text_channel_id=1, role_id=2, games="x", template="y"),
}
MIGRATION = REPOSITORY / "infrastructure" / "postgres" / "migrations" / "0019.discord.sql"
KEPT_BY_THE_BOT = {"guild_id", "name", "locale", "left_at", "channel_id", "followed_at"}  # no settings


class Inputs(HTMLParser):
    """The inputs of each form by the command that it is sent to, and the values that a list offers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: dict[str, set[str]] = {}
        self.values: dict[tuple[str, str], list[str]] = {}
        self.limits: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        self._command, self._select = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self._command = (found["action"] or "").rpartition("/")[2]
        if tag in ("input", "select", "textarea") and name:
            self.names.setdefault(self._command, set()).add(name)
            self.limits[self._command, name] = (found.get("min") or "0", found.get("max") or found.get("maxlength"))
            self._select = name
        if tag == "option" or (tag == "input" and found.get("type") == "checkbox"):
            self.values.setdefault((self._command, self._select), []).append(found.get("value") or "")


@pytest.fixture(scope="module")
def page() -> Inputs:
    """The forms of a server's page."""
    account = SimpleNamespace(csrf="x", name="x")
    server = Server(request=None, site=None, account=account, guild=GUILD, places=PLACES)  # type: ignore[arg-type]
    values = common_values(server) | {
        "forms": forms.guild_fields(GUILD),
        "previews": guild_previews(GUILD, [FOLLOWED], PLACES),
        "typed": None,
        "follows": [FOLLOWED],
        "pauses": [],
        "paused_words": said_by_bot(paused_words),
        "notice": "",
    }
    with reading(Reader("en")):
        answer = Renderer(ApiSettings()).page("discord_server.html", values)
    return Inputs(bytes(answer.body).decode())


def options(command: str) -> dict[str, Any]:
    """A slash command's options, as people see them."""
    (found,) = [each for each in TREE if each.name == command]
    return {str(each.display_name): each for each in found.parameters}


SETTING_COMMANDS = sorted({command.name for command in TREE} - ANSWERS)


def test_every_command_that_sets_something_has_its_form(page: Inputs) -> None:
    assert set(SETTING_COMMANDS) == set(SAVED) == set(page.names) - {"sign-out"}


@pytest.mark.parametrize("command", SETTING_COMMANDS)
def test_a_form_has_the_options_of_its_command(page: Inputs, command: str) -> None:
    assert page.names[command] - NOT_SETTINGS == set(options(command))


@pytest.mark.parametrize("command", SETTING_COMMANDS)
def test_a_list_has_the_choices_of_its_option(page: Inputs, command: str) -> None:
    for name, option in options(command).items():
        if option.choices:
            offered = {{"auto": ""}.get(str(each.value), str(each.value)) for each in option.choices}
            assert set(page.values[command, name]) == offered, name
        if option.type is AppCommandOptionType.integer and not option.choices:
            assert page.limits[command, name] == (str(option.min_value), str(option.max_value)), name


def read_by(read: Any, fields: dict[str, str]) -> set[str]:
    """The options that differ from an empty form's when these fields are sent."""
    empty, full = read({}), read(fields)
    return {name for name in full.__struct_fields__ if getattr(full, name) != getattr(empty, name)}


@pytest.mark.parametrize(
    ("read", "kind", "fields"),
    [
        (forms.channel_options, ChannelOptions, forms.guild_fields(GUILD)["setchannel"]),
        (forms.clip_options, ClipOptions, forms.guild_fields(GUILD)["clips"] | {"channel": "5"}),
        (forms.follow_options, FollowOptions, forms.follow_fields(FOLLOWED) | {"channel": "5", "role": "6"}),
    ],
)
def test_a_form_fills_every_option_of_the_rules(read: Any, kind: type, fields: dict[str, str]) -> None:
    taken_away = read_by(read, fields | {name: "" for name in ("channel", "role") if name in fields})
    assert read_by(read, fields) | taken_away == set(kind.__struct_fields__)  # type: ignore[attr-defined]


async def test_an_option_changes_each_column_that_is_stored() -> None:
    """A new column has to be in `change_guild` or `change_follow`, and an option has to change it."""
    channel, clips, follow = (ALL_OPTIONS[kind] for kind in (ChannelOptions, ClipOptions, FollowOptions))
    guild = channel_changes(channel) | await clip_changes(GUILD, clips, None) | language_changes("de")
    changed = {"change_guild": guild, "change_follow": await follow_changes(GUILD, follow, None)}
    for file, (statement, changes) in zip(("guilds.sql", "follows.sql"), changed.items(), strict=True):
        body = (SQL / file).read_text().partition(f"-- name: {statement}(")[2].partition("FROM (")[0]
        assert set(re.findall(r"(\w+) = r\.\1", body)) == set(changes)
        table = MIGRATION.read_text().partition(f"CREATE TABLE discord_{Path(file).stem} (")[2].partition(");")[0]
        assert set(re.findall(r"^    (\w+) +\w", table, re.MULTILINE)) - KEPT_BY_THE_BOT - {"PRIMARY"} == set(changes)


def test_every_option_was_given() -> None:
    for kind, given in ALL_OPTIONS.items():
        left = {name for name in kind.__struct_fields__ if getattr(given, name) == getattr(kind(), name)}
        assert not {name for name in left if not name.startswith("takes_")}
