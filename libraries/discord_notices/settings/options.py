"""What can be set, and what it changes. Slash commands and web forms fill the same options.

Each function returns changes by the columns of 0019.discord.sql, and raises `WrongInput` with what to type instead.
"""

from typing import Any

from msgspec import Struct

from discord_notices.rules.guild import AT_END, DIGESTS, MOST_PER_HOUR, AtEnd, Digest, Guild
from discord_notices.rules.places import Places
from discord_notices.settings.twitch import TwitchNames
from discord_notices.settings.typed import games_in, moods_in, template_in
from discord_notices.settings.words import RARITIES
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import LANGUAGES, _


class ChannelOptions(Struct, frozen=True, kw_only=True):
    """Where and how notices are posted; None is not typed."""

    text_channel_id: int | None = None
    role_id: int | None = None
    takes_role_away: bool = False
    template: str | None = None
    at_end: AtEnd | None = None


class ClipOptions(Struct, frozen=True, kw_only=True):
    """Which moments are posted; None is not typed."""

    is_on: bool | None = None
    least_seconds: int | None = None
    moods: str | None = None
    games: str | None = None
    text_channel_id: int | None = None
    takes_channel_away: bool = False
    is_early: bool | None = None
    per_hour: int | None = None
    digest: Digest | None = None


class FollowOptions(Struct, frozen=True, kw_only=True):
    """What a follow has of its own; None is not typed."""

    text_channel_id: int | None = None
    takes_channel_away: bool = False
    role_id: int | None = None
    takes_role_away: bool = False
    games: str | None = None
    template: str | None = None


def channel_changes(options: ChannelOptions) -> dict[str, Any]:
    """Return what changes of a server's notices."""
    if options.at_end is not None and options.at_end not in AT_END:
        raise WrongInput(_("There is no such choice."))
    return given(text_channel_id=options.text_channel_id, at_end=options.at_end) | said_changes(options)


async def clip_changes(guild: Guild, options: ClipOptions, twitch: TwitchNames | None) -> dict[str, Any]:
    """Return what changes of a server's moments. The notices' own channel is the one that they have by themselves."""
    if options.least_seconds not in (None, guild.moments.least_seconds, *RARITIES):
        raise WrongInput(_("There is no such choice."))
    if options.digest is not None and options.digest not in DIGESTS:
        raise WrongInput(_("There is no such choice."))
    if options.per_hour is not None and not 1 <= options.per_hour <= MOST_PER_HOUR:
        raise WrongInput(_("At least 1 and at most %(most)s moments an hour, please.", most=MOST_PER_HOUR))
    changes = given(
        moments_on=options.is_on,
        moments_least_seconds=options.least_seconds,
        moments_early=options.is_early,
        moments_per_hour=options.per_hour,
        digest=options.digest,
    ) | own_channel("moments_channel_id", options, guild)
    if options.moods is not None:
        changes["moments_moods"] = moods_in(options.moods)
    if options.games is not None:
        changes["moments_games"] = await games_in(twitch, options.games)
    return changes


async def follow_changes(guild: Guild, options: FollowOptions, twitch: TwitchNames | None) -> dict[str, Any]:
    """Return what changes of a follow. The server's own channel is the one that it has by itself."""
    changes = own_channel("text_channel_id", options, guild) | said_changes(options)
    if options.games is not None:
        changes["games"] = await games_in(twitch, options.games)
    return changes


def language_changes(code: str) -> dict[str, Any]:
    """Return what changes of a server's language; an empty code is Discord's locale."""
    if code and code not in LANGUAGES:
        raise WrongInput(_("There is no such choice."))
    return {"language": code}


def said_changes(options: ChannelOptions | FollowOptions) -> dict[str, Any]:
    """Return what changes of the role and the message."""
    changes: dict[str, Any] = {}
    if options.role_id is not None or options.takes_role_away:
        changes["role_id"] = None if options.takes_role_away else options.role_id
    if options.template is not None:
        changes["template"] = template_in(options.template)
    return changes


def own_channel(column: str, options: ClipOptions | FollowOptions, guild: Guild) -> dict[str, Any]:
    """Return the change of a channel: whoever chooses the server's own one goes with it, wherever it moves."""
    if options.text_channel_id is None and not options.takes_channel_away:
        return {}
    is_own = options.takes_channel_away or options.text_channel_id == guild.text_channel_id
    return {column: None if is_own else options.text_channel_id}


def given(**values: Any) -> dict[str, Any]:
    """Return the values that were typed."""
    return {name: value for name, value in values.items() if value is not None}


def check_places(options: ChannelOptions | ClipOptions | FollowOptions, places: Places) -> None:
    """Raise `WrongInput` unless a chosen channel and role are of the server; for commands Discord sees to that."""
    if options.text_channel_id is not None and places.channel(options.text_channel_id) is None:
        raise WrongInput(_("The bot sees no such text channel in this server (any more); choose another one."))
    role_id = None if isinstance(options, ClipOptions) else options.role_id
    if role_id is not None and places.role(role_id) is None:
        raise WrongInput(_("This server has no such role (any more); choose another one."))
