"""/setchannel, /clips and /language: what a server chooses."""

from typing import Any

from msgspec import Struct

from discord_bot.commands.desk import Caller, Desk, Reply, WrongInput
from discord_bot.commands.overview import overview
from discord_bot.commands.typed import games_in, moods_in, template_in
from discord_notices.rules.guild import AtEnd, Digest
from discord_notices.wording import _, language_of, speaking


class ChannelOptions(Struct, frozen=True, kw_only=True):
    """None is not typed."""

    text_channel_id: int | None = None
    role_id: int | None = None
    takes_role_away: bool = False
    template: str | None = None
    at_end: AtEnd | None = None


class ClipOptions(Struct, frozen=True, kw_only=True):
    """None is not typed."""

    is_on: bool | None = None
    least_seconds: int | None = None
    moods: str | None = None
    games: str | None = None
    text_channel_id: int | None = None
    is_early: bool | None = None
    per_hour: int | None = None
    digest: Digest | None = None


async def set_channel(desk: Desk, caller: Caller, options: ChannelOptions) -> Reply:
    """Set where and how notices are posted, and try again what was paused."""
    changes: dict[str, Any] = given(text_channel_id=options.text_channel_id, at_end=options.at_end)
    if options.role_id is not None or options.takes_role_away:
        changes["role_id"] = None if options.takes_role_away else options.role_id
    if options.template is not None:
        changes["template"] = template_in(options.template)
    await desk.guilds.resume(caller.guild_id)
    return await changed(desk, caller, changes)


async def clips(desk: Desk, caller: Caller, options: ClipOptions) -> Reply:
    """Set which moments are posted."""
    changes = given(
        moments_on=options.is_on,
        moments_least_seconds=options.least_seconds,
        moments_channel_id=options.text_channel_id,
        moments_early=options.is_early,
        moments_per_hour=options.per_hour,
        digest=options.digest,
    )
    if options.moods is not None:
        changes["moments_moods"] = moods_in(options.moods)
    if options.games is not None:
        changes["moments_games"] = await games_in(desk, options.games)
    return await changed(desk, caller, changes)


async def language(desk: Desk, caller: Caller, code: str) -> Reply:
    """Set the server's language; an empty code is Discord's locale."""
    guild = await desk.guilds.change(caller.guild_id, {"language": code})
    with speaking(language_of(code, guild.locale if guild else "")):
        return Reply(_("The bot speaks English here from now on."))


async def changed(desk: Desk, caller: Caller, changes: dict[str, Any]) -> Reply:
    """Change the settings that were typed, and show all."""
    guild = await desk.guilds.change(caller.guild_id, changes) if changes else caller.guild
    if guild is None:
        raise WrongInput(_("The bot does not know this server yet; try again in a minute."))
    return Reply(overview(guild, await desk.guilds.pauses(guild.guild_id), desk.site_url))


def given(**values: Any) -> dict[str, Any]:
    """Return the values that were typed."""
    return {name: value for name, value in values.items() if value is not None}
