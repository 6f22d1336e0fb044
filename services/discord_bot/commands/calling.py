"""Who calls, in which language, whether they may, and what is said if the work fails."""

from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import discord
import structlog

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.data.guilds import Present
from discord_notices.rules.guild import Guild
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _, language_of, speaking
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
