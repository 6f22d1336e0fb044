"""The slash commands of a server's settings, as Discord knows them."""

from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from discord_bot.commands import choices, suggesting
from discord_bot.commands import preview as previews
from discord_bot.commands.answering import answer
from discord_bot.commands.calling import Interaction
from discord_bot.commands.channel_option import TextChannel
from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.commands.help import COMMANDS, help_text
from discord_bot.commands.slash_follows import CHANNEL, GAMES, MESSAGE
from discord_notices.messages.examples import Example
from discord_notices.rules.guild import MOST_PER_HOUR, AtEnd, Digest
from discord_notices.settings.options import ChannelOptions, ClipOptions
from discord_notices.settings.words import AT_END, DIGESTS, RARITIES
from discord_notices.wording import LANGUAGES, marked

AUTOMATIC = "auto"


@app_commands.command(name="setchannel", description=locale_str(COMMANDS["setchannel"]))
@app_commands.describe(
    channel=CHANNEL,
    role=locale_str(marked("Mention this role; @everyone: mention nobody")),
    message=MESSAGE,
    ending=locale_str(marked("What becomes of a notice at the stream's end")),
)
@app_commands.choices(ending=[Choice(name=locale_str(text), value=value) for value, text in AT_END.items()])
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def setchannel(
    interaction: Interaction,
    channel: TextChannel | None = None,
    role: discord.Role | None = None,
    message: str | None = None,
    ending: AtEnd | None = None,
) -> None:
    """Choose where and how notices are posted."""
    options = ChannelOptions(
        text_channel_id=channel.id if channel else None,
        role_id=role.id if role else None,
        takes_role_away=role is not None and role.is_default(),
        template=message,
        at_end=ending,
    )
    await answer(interaction, lambda desk, caller: choices.set_channel(desk, caller, options))


@app_commands.command(name="clips", description=locale_str(COMMANDS["clips"]))
@app_commands.rename(enabled="on")
@app_commands.describe(
    enabled=locale_str(marked("Whether moments are posted")),
    rarity=locale_str(marked("How rare a moment has to be")),
    moods=locale_str(marked("Only these moods, separated by commas; all: every mood")),
    games=GAMES,
    channel=CHANNEL,
    early=locale_str(marked("Post when the crowd erupts, and edit the message into the clip")),
    per_hour=locale_str(marked("At most so many moments an hour")),
    digest=locale_str(marked("A digest of the best moments")),
)
@app_commands.choices(rarity=[Choice(name=locale_str(text), value=seconds) for seconds, text in RARITIES.items()])
@app_commands.choices(digest=[Choice(name=locale_str(text), value=value) for value, text in DIGESTS.items()])
@app_commands.autocomplete(games=suggesting.games)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def clips(
    interaction: Interaction,
    enabled: bool | None = None,
    rarity: int | None = None,
    moods: str | None = None,
    games: str | None = None,
    channel: TextChannel | None = None,
    early: bool | None = None,
    per_hour: app_commands.Range[int, 1, MOST_PER_HOUR] | None = None,
    digest: Digest | None = None,
) -> None:
    """Choose which moments are posted."""
    options = ClipOptions(
        is_on=enabled,
        least_seconds=rarity,
        moods=moods,
        games=games,
        text_channel_id=channel.id if channel else None,
        is_early=early,
        per_hour=per_hour,
        digest=digest,
    )
    await answer(interaction, lambda desk, caller: choices.clips(desk, caller, options))


@app_commands.command(name="preview", description=locale_str(COMMANDS["preview"]))
@app_commands.describe(example=locale_str(marked("Which message")))
@app_commands.choices(
    example=[
        Choice(name=locale_str(marked("A stream that is live")), value="live"),
        Choice(name=locale_str(marked("A stream that has ended")), value="ended"),
        Choice(name=locale_str(marked("A moment that is happening")), value="moment"),
    ]
)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def preview(interaction: Interaction, example: Example = "live") -> None:
    """Post an example."""
    await answer(interaction, lambda desk, caller: previews.preview(desk, caller, example, datetime.now(UTC)))


@app_commands.command(name="settings", description=locale_str(COMMANDS["settings"]))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def settings(interaction: Interaction) -> None:
    """Show all settings."""
    await answer(interaction, lambda desk, caller: choices.changed(desk, caller, {}))


@app_commands.command(name="language", description=locale_str(COMMANDS["language"]))
@app_commands.describe(language=locale_str(marked("The bot's language in this server")))
@app_commands.choices(
    language=[
        Choice(name=locale_str(marked("As Discord says")), value=AUTOMATIC),
        *(Choice(name=name, value=code) for code, name in LANGUAGES.items()),
    ]
)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def language(interaction: Interaction, language: str) -> None:
    """Choose the bot's language."""
    code = language if language in LANGUAGES else ""
    await answer(interaction, lambda desk, caller: choices.language(desk, caller, code))


@app_commands.command(name="help", description=locale_str(COMMANDS["help"]))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def explain(interaction: Interaction) -> None:
    """Explain the commands."""

    async def work(desk: Desk, _: Caller) -> Reply:
        return help_text(desk.site_url)

    await answer(interaction, work)
