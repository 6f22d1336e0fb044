"""The slash commands of whom a server follows, as Discord knows them."""

import discord
from discord import app_commands
from discord.app_commands import locale_str

from discord_bot.commands import following, lists, suggesting
from discord_bot.commands import stats as statistics
from discord_bot.commands.answering import answer
from discord_bot.commands.calling import Interaction
from discord_bot.commands.channel_option import TextChannel
from discord_bot.commands.help import COMMANDS
from discord_notices.settings.options import FollowOptions
from discord_notices.wording import marked

MOST_TYPED = 2000  # characters of a pasted list
CHANNEL = locale_str(marked("Post into this text channel"))
ROLE = locale_str(marked("Mention this role; @everyone: as the server"))
GAMES = locale_str(marked("Only these games, separated by commas; all: every game"))
MESSAGE = locale_str(marked("Your own message with fields such as {name} and {url}; default: the server's"))
STREAMER = locale_str(marked("One of those whom this server follows"))

Names = app_commands.Range[str, 1, MOST_TYPED]


@app_commands.command(name="addstreamer", description=locale_str(COMMANDS["addstreamer"]))
@app_commands.describe(
    streamers=locale_str(marked("Logins or addresses at twitch.tv, separated by commas or spaces")),
    channel=CHANNEL,
    role=ROLE,
    games=GAMES,
    message=MESSAGE,
)
@app_commands.autocomplete(streamers=suggesting.streamers, games=suggesting.games)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def addstreamer(
    interaction: Interaction,
    streamers: Names,
    channel: TextChannel | None = None,
    role: discord.Role | None = None,
    games: str | None = None,
    message: str | None = None,
) -> None:
    """Follow streamers."""
    options = FollowOptions(
        text_channel_id=channel.id if channel else None,
        role_id=role.id if role else None,
        takes_role_away=role is not None and role.is_default(),
        games=games,
        template=message,
    )
    await answer(interaction, lambda desk, caller: following.add(desk, caller, streamers, options))


@app_commands.command(name="removestreamer", description=locale_str(COMMANDS["removestreamer"]))
@app_commands.describe(streamer=STREAMER)
@app_commands.autocomplete(streamer=suggesting.follows)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def removestreamer(interaction: Interaction, streamer: Names) -> None:
    """Follow a streamer no longer."""
    await answer(interaction, lambda desk, caller: following.remove(desk, caller, streamer))


@app_commands.command(name="streamers", description=locale_str(COMMANDS["streamers"]))
@app_commands.describe(page=locale_str(marked("Which page of the list")))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def streamers(interaction: Interaction, page: app_commands.Range[int, 1, 100] = 1) -> None:
    """List whom the server follows."""
    await answer(interaction, lambda desk, caller: lists.streamers(desk, caller, page))


@app_commands.command(name="live", description=locale_str(COMMANDS["live"]))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def live(interaction: Interaction) -> None:
    """List who is live."""
    await answer(interaction, lists.live)


@app_commands.command(name="stats", description=locale_str(COMMANDS["stats"]))
@app_commands.describe(streamer=STREAMER)
@app_commands.autocomplete(streamer=suggesting.follows)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def stats(interaction: Interaction, streamer: Names) -> None:
    """Show a streamer's last streams."""
    await answer(interaction, lambda desk, caller: statistics.stats(desk, caller, streamer))
