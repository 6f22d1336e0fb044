"""How a command is answered: in time, in the right language, to those who may, and in plain words if it fails."""

from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import discord
import structlog

from contracts import metrics
from discord_bot.commands.desk import Caller, Desk, Reply, WrongInput
from discord_bot.data.guilds import Present
from discord_bot.rules.guild import Guild
from discord_bot.sending.discord_side import embed_of
from discord_bot.wording import _, language_of, speaking
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import TwitchError

Interaction = discord.Interaction[discord.Client]
Work = Callable[[Desk, Caller], Awaitable[Reply]]

log = structlog.get_logger()


class HasDesk(Protocol):
    """The client that commands belong to. `holds`: whether this instance answers."""

    desk: Desk

    def holds(self) -> bool:
        """Return whether this instance has the lease."""


def client_of(interaction: Interaction) -> HasDesk:
    """Return our client."""
    return cast(HasDesk, interaction.client)


def may_use(interaction: Interaction) -> bool:
    """Return whether the caller may manage the server: Discord's own settings let others see commands."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


async def answer(interaction: Interaction, work: Work) -> None:
    """Do what a command asks for and answer; only the caller sees it."""
    name = interaction.command.qualified_name if interaction.command else "?"
    if not client_of(interaction).holds():
        return  # the instance that has the lease answers
    try:
        await interaction.response.defer(ephemeral=True)
        outcome, reply = await replied(interaction, work)
        await send(interaction, reply)
    except discord.NotFound:
        outcome = "late"  # Discord waits for three seconds, and for a quarter of an hour after that
    except discord.HTTPException as error:
        log.warning("a command could not be answered", command=name, reason=str(error))
        outcome = "unanswered"
    measure(metrics.DISCORD_COMMANDS).labels(command=name, outcome=outcome).inc()


async def send(interaction: Interaction, reply: Reply) -> None:
    """Send the answer; it mentions nobody."""
    nobody = discord.AllowedMentions.none()
    if reply.card is None:
        await interaction.followup.send(reply.text, ephemeral=True, allowed_mentions=nobody)
    else:
        await interaction.followup.send(reply.text, embed=embed_of(reply.card), ephemeral=True, allowed_mentions=nobody)


async def replied(interaction: Interaction, work: Work) -> tuple[str, Reply]:
    """Return what is answered, and the outcome's name for the metrics."""
    desk = client_of(interaction).desk
    locale = str(interaction.locale)
    with speaking(language_of("", locale)):
        if not may_use(interaction):
            return "forbidden", Reply(_("Only who may manage the server (Manage Server) can use this."))
        try:
            guild = await guild_of(desk, interaction)
        except PostgresAwayError:
            return "postgres_away", Reply(_("The bot cannot reach its data now; try again in a minute."))
    with speaking(language_of(guild.language, locale)):
        caller = Caller(guild=guild, text_channel_id=interaction.channel_id or 0)
        return await worked(work, desk, caller)


async def worked(work: Work, desk: Desk, caller: Caller) -> tuple[str, Reply]:
    """Do the work; what goes wrong becomes words."""
    try:
        return "done", await work(desk, caller)
    except WrongInput as error:
        return "wrong_input", Reply(str(error))
    except PostgresAwayError:
        return "postgres_away", Reply(_("The bot cannot reach its data now; try again in a minute."))
    except TwitchError as error:
        log.warning("a command needs Twitch", reason=str(error))
        return "twitch_away", Reply(_("Twitch does not answer now; try again in a minute."))


async def guild_of(desk: Desk, interaction: Interaction) -> Guild:
    """Return the caller's server; one that is not known yet is written down."""
    guild_id = interaction.guild_id or 0
    guild = await desk.guilds.one(guild_id)
    if guild is None:
        present = Present(
            guild_id=guild_id,
            name=interaction.guild.name if interaction.guild else "",
            locale=str(interaction.guild_locale or ""),
        )
        await desk.guilds.keep([present])
        guild = await desk.guilds.one(guild_id)
    return guild or Guild(guild_id=guild_id, name="")
