"""The option of a command that names a text channel, which need not be in discord.py's picture of the server."""

import discord
from discord import app_commands
from discord.app_commands import AppCommandChannel, AppCommandThread


class TextChannelOption(app_commands.Transformer):
    """Takes what Discord says of the channel as it is."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Discord offers no other channels."""
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(
        self, _: "discord.Interaction[discord.Client]", value: AppCommandChannel | AppCommandThread
    ) -> AppCommandChannel | AppCommandThread:
        """Return the channel."""
        return value


TextChannel = app_commands.Transform[AppCommandChannel, TextChannelOption]
