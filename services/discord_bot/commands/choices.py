"""/setchannel, /clips and /language: what a server chooses."""

from typing import Any

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.commands.overview import overview
from discord_notices.settings.options import (
    ChannelOptions,
    ClipOptions,
    channel_changes,
    clip_changes,
    language_changes,
)
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _, language_of, speaking


async def set_channel(desk: Desk, caller: Caller, options: ChannelOptions) -> Reply:
    """Set where and how notices are posted, and try again what was paused."""
    changes = channel_changes(options)
    await desk.guilds.resume(caller.guild_id)
    return await changed(desk, caller, changes)


async def clips(desk: Desk, caller: Caller, options: ClipOptions) -> Reply:
    """Set which moments are posted."""
    return await changed(desk, caller, await clip_changes(caller.guild, options, desk.twitch))


async def language(desk: Desk, caller: Caller, code: str) -> Reply:
    """Set the server's language; an empty code is Discord's locale."""
    guild = await desk.guilds.change(caller.guild_id, language_changes(code))
    with speaking(language_of(code, guild.locale if guild else "")):
        return Reply(_("The bot speaks English here from now on."))


async def changed(desk: Desk, caller: Caller, changes: dict[str, Any]) -> Reply:
    """Change the settings that were typed, and show all."""
    guild = await desk.guilds.change(caller.guild_id, changes) if changes else caller.guild
    if guild is None:
        raise WrongInput(_("The bot does not know this server yet; try again in a minute."))
    return Reply(overview(guild, await desk.guilds.pauses(guild.guild_id), desk.site_url))
