"""All slash commands, put into discord.py's tree."""

from contextlib import suppress
from typing import Any

import discord
import structlog
from discord import app_commands

from contracts import metrics
from discord_bot.commands import slash_follows, slash_settings
from discord_bot.commands.calling import Interaction
from discord_notices.wording import _, language_of, speaking
from service_runtime.measures import measure

COMMANDS: tuple[app_commands.Command[Any, ..., None], ...] = (
    slash_follows.addstreamer,
    slash_follows.removestreamer,
    slash_follows.streamers,
    slash_follows.live,
    slash_follows.stats,
    slash_settings.setchannel,
    slash_settings.clips,
    slash_settings.preview,
    slash_settings.settings,
    slash_settings.language,
    slash_settings.explain,
)

log = structlog.get_logger()


class Tree(app_commands.CommandTree[discord.Client]):
    """The tree with every command."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        for command in COMMANDS:
            self.add_command(command)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Log what no command has expected, and say so to the caller."""
        name = interaction.command.qualified_name if interaction.command else "?"
        log.error("a command failed", command=name, exc_info=error)
        measure(metrics.DISCORD_COMMANDS).labels(command=name, outcome="failed").inc()
        with speaking(language_of("", str(interaction.locale))):
            text = _("Something went wrong here; the bot's operator can find it in the log.")
        with suppress(discord.HTTPException):
            if interaction.response.is_done():
                await interaction.followup.send(text, ephemeral=True)
            else:
                await interaction.response.send_message(text, ephemeral=True)
