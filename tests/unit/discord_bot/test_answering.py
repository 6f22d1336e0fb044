"""How a command is answered: to whom, in which language, and in plain words when something is wrong."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from discord_bot.commands.answering import answer
from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.commands.tree import Tree
from discord_notices.rules.guild import Guild
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import Unavailable


class Guilds:
    """Knows one server, or nothing while Postgres is away."""

    def __init__(self, language: str = "", is_away: bool = False) -> None:
        self.language, self.is_away = language, is_away
        self.kept: list[Any] = []

    async def one(self, guild_id: int) -> Guild | None:
        if self.is_away:
            raise PostgresAwayError("away")
        return Guild(guild_id=guild_id, name="x", language=self.language) if self.kept or self.language else None

    async def keep(self, present: list[Any]) -> None:
        self.kept += present


class Call:
    """An interaction as discord.py hands it over, and what was answered."""

    def __init__(self, guilds: Guilds, may_manage: bool = True, holds: bool = True, locale: str = "en-US") -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.deferred: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.guild_id, self.channel_id, self.guild, self.guild_locale = 1, 5, None, None
        self.permissions = discord.Permissions(manage_guild=may_manage)
        self.command = SimpleNamespace(qualified_name="test")
        self.locale = locale
        self.client = SimpleNamespace(desk=SimpleNamespace(guilds=guilds), holds=lambda: holds)
        self.response = SimpleNamespace(defer=self._defer)
        self.followup = SimpleNamespace(send=self._send)

    async def _defer(self, **options: Any) -> None:
        if self.error:
            raise self.error
        self.deferred.append(options)

    async def _send(self, text: str, **options: Any) -> None:
        self.said.append((text, options))


async def said(call: Call, work: Any) -> str:
    await answer(call, work)  # type: ignore[arg-type]
    ((text, options),) = call.said
    assert options["ephemeral"]
    assert options["allowed_mentions"].to_dict()["parse"] == []
    assert call.deferred == [{"ephemeral": True}]
    return text


async def language(_desk: Desk, caller: Caller) -> Reply:
    return Reply(f"{caller.guild_id} {caller.text_channel_id} {_('Recording')}")


async def test_the_servers_language_counts_more_than_the_callers() -> None:
    assert await said(Call(Guilds("de"), locale="es-ES"), language) == "1 5 Aufzeichnung"
    assert await said(Call(Guilds(), locale="es-ES"), language) == "1 5 Grabación"


async def test_a_server_that_is_not_known_yet_is_written_down() -> None:
    guilds = Guilds()
    await said(Call(guilds), language)
    assert [each.guild_id for each in guilds.kept] == [1]


async def test_who_may_not_manage_the_server_is_refused_whatever_discord_shows() -> None:
    assert "Manage Server" in await said(Call(Guilds("en"), may_manage=False), language)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WrongInput("type something else"), "type something else"),
        (PostgresAwayError("x"), "cannot reach its data"),
        (Unavailable("503", reached=True), "Twitch does not answer"),
    ],
)
async def test_what_goes_wrong_is_said_plainly(error: Exception, words: str) -> None:
    async def work(_desk: Desk, _caller: Caller) -> Reply:
        raise error

    assert words in await said(Call(Guilds("en")), work)


async def test_postgres_away() -> None:
    assert "cannot reach its data" in await said(Call(Guilds(is_away=True)), language)


async def test_an_instance_without_the_lease_does_not_answer() -> None:
    call = Call(Guilds("en"), holds=False)
    await answer(call, language)  # type: ignore[arg-type]
    assert call.said == call.deferred == []


@pytest.mark.parametrize("kind", [discord.NotFound, discord.DiscordServerError])
async def test_an_interaction_that_timed_out_or_failed_does_no_harm(kind: type[discord.HTTPException]) -> None:
    call = Call(Guilds("en"))
    call.error = kind(SimpleNamespace(status=404, reason="gone"), "Unknown interaction")  # type: ignore[arg-type]
    await answer(call, language)  # type: ignore[arg-type]
    assert call.said == []


async def test_what_nobody_has_expected_is_said_too() -> None:
    call = Call(Guilds(), locale="de")
    call.response.is_done = lambda: True
    await Tree.on_error(SimpleNamespace(), call, discord.app_commands.AppCommandError("broken"))  # type: ignore[arg-type]
    ((text, options),) = call.said
    assert text == "Hier ist etwas schiefgegangen; wer den Bot betreibt, findet es im Log."
    assert options["ephemeral"]
