"""Following streamers, and following them no longer."""

from typing import Any

from msgspec import Struct

from contracts.channel_names import ChannelName
from discord_notices.messages.live import MOST_NAME
from discord_notices.messages.safe_text import cut, safe
from discord_notices.rules.followed import Followed, followed_by
from discord_notices.rules.guild import MOST_FOLLOWS, Streamer
from discord_notices.settings.twitch import TwitchNames
from discord_notices.settings.typed import names_in
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.storage.follows import Follows
from discord_notices.wording import _, ngettext

SHOWN_NAMES = 1200  # characters


class Added(Struct, frozen=True, kw_only=True):
    """What became of each name that was typed. `opted_out`: how many do not want to be followed."""

    new: list[Streamer]
    old: list[Streamer]
    missing: list[str]
    opted_out: int


async def follow(
    follows: Follows, twitch: TwitchNames | None, guild_id: int, typed: str, changes: dict[str, Any]
) -> Added:
    """Follow streamers who exist at Twitch; whoever is followed already gets the changes. Raises `WrongInput`."""
    names = names_in(typed)
    if twitch is None:
        raise WrongInput(_("This bot has no access to Twitch yet: its operator has to set TWITCH_CLIENT_ID."))
    found = await twitch.streamers(names)
    opted_out = await follows.opted_out([each.channel_id for each in found])
    wanted = [each for each in found if each.channel_id not in opted_out]
    followed = {each.follow.channel_id for each in await follows.of(guild_id)}
    if len(followed | {each.channel_id for each in wanted}) > MOST_FOLLOWS:
        raise WrongInput(_("A server can follow at most %(most)s streamers.", most=MOST_FOLLOWS))
    is_new = await follows.add(guild_id, wanted, changes) if wanted else {}
    return Added(
        new=[each for each in wanted if is_new.get(each.channel_id)],
        old=[each for each in wanted if is_new.get(each.channel_id) is False],
        missing=missing_of(names, found),
        opted_out=len(opted_out),
    )


async def unfollow(follows: Follows, guild_id: int, typed: str) -> list[Streamer]:
    """Follow streamers no longer, whatever they are called at Twitch by now. Raises `WrongInput`."""
    followed = await follows.of(guild_id)
    wanted: list[Followed] = [each for name in names_in(typed) if (each := followed_by(followed, name))]
    if not wanted:
        raise WrongInput(_("This server follows nobody of that name; /streamers lists whom it follows."))
    removed = set(await follows.remove(guild_id, [each.follow.channel_id for each in wanted]))
    return [each.streamer for each in wanted if each.follow.channel_id in removed]


def missing_of(names: list[ChannelName], found: list[Streamer]) -> list[str]:
    """Return the typed names that Twitch does not know."""
    known = {each.login for each in found} | {f"id:{each.channel_id}" for each in found}
    return [str(name) for name in names if str(name) not in known]


def names_of(streamers: list[Streamer]) -> str:
    """List names for an answer."""
    return cut(", ".join(f"**{safe(each.display_name, MOST_NAME)}**" for each in streamers), SHOWN_NAMES)


def added_lines(added: Added) -> list[str]:
    """Say what became of each, in Discord's markup."""
    lines = []
    if added.new:
        lines.append(_("Followed from now on: %(names)s.", names=names_of(added.new)))
    if added.old:
        lines.append(_("Followed already, with the options of now: %(names)s.", names=names_of(added.old)))
    if added.missing:
        shown = safe(", ".join(added.missing), SHOWN_NAMES)
        lines.append(_("Twitch knows no channel of this name: %(names)s.", names=shown))
    if added.opted_out:
        lines.append(
            ngettext(
                "%(num)s streamer does not want to be followed here.",
                "%(num)s streamers do not want to be followed here.",
                added.opted_out,
            )
        )
    return lines


def removed_line(gone: list[Streamer]) -> str:
    """Say who is followed no longer."""
    return _("No longer followed: %(names)s.", names=names_of(gone))
