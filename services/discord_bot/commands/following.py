"""/addstreamer and /removestreamer."""

from typing import Any

from msgspec import Struct

from contracts.channel_names import ChannelName
from discord_bot.commands.desk import Caller, Desk, Reply, WrongInput
from discord_bot.commands.typed import games_in, names_in, template_in
from discord_bot.data.follows import Followed
from discord_notices.messages.live import MOST_NAME
from discord_notices.messages.mentions import text_channel
from discord_notices.messages.safe_text import cut, safe
from discord_notices.rules.guild import MOST_FOLLOWS, Streamer
from discord_notices.wording import _, ngettext

MOST_REPLY = 1900  # characters; Discord takes 2,000
SHOWN_NAMES = 1200


class FollowOptions(Struct, frozen=True, kw_only=True):
    """What a follow has of its own; None is not typed."""

    text_channel_id: int | None = None
    role_id: int | None = None
    takes_role_away: bool = False
    games: str | None = None
    template: str | None = None


def names_of(streamers: list[Streamer]) -> str:
    """List names for an answer."""
    return cut(", ".join(f"**{safe(each.display_name, MOST_NAME)}**" for each in streamers), SHOWN_NAMES)


async def add(desk: Desk, caller: Caller, typed: str, options: FollowOptions) -> Reply:
    """Follow streamers who exist at Twitch; whoever is followed already gets the new options."""
    names = names_in(typed)
    changes = await changes_of(desk, options)
    if desk.twitch is None:
        raise WrongInput(_("This bot has no access to Twitch yet: its operator has to set TWITCH_CLIENT_ID."))
    found = await desk.twitch.streamers(names)
    opted_out = await desk.follows.opted_out([each.channel_id for each in found])
    wanted = [each for each in found if each.channel_id not in opted_out]
    followed = {each.follow.channel_id for each in await desk.follows.of(caller.guild_id)}
    if len(followed | {each.channel_id for each in wanted}) > MOST_FOLLOWS:
        raise WrongInput(_("A server can follow at most %(most)s streamers.", most=MOST_FOLLOWS))
    lines = await set_first_channel(desk, caller, options)
    is_new = await desk.follows.add(caller.guild_id, wanted, changes) if wanted else {}
    lines += outcome_lines(wanted, is_new, missing_of(names, found), opted_out)
    return Reply(cut("\n".join(lines), MOST_REPLY))


async def changes_of(desk: Desk, options: FollowOptions) -> dict[str, Any]:
    """Return the columns that were typed. Raises `WrongInput`."""
    changes: dict[str, Any] = {}
    if options.text_channel_id is not None:
        changes["text_channel_id"] = options.text_channel_id
    if options.role_id is not None or options.takes_role_away:
        changes["role_id"] = None if options.takes_role_away else options.role_id
    if options.template is not None:
        changes["template"] = template_in(options.template)
    if options.games is not None:
        changes["games"] = await games_in(desk, options.games)
    return changes


async def set_first_channel(desk: Desk, caller: Caller, options: FollowOptions) -> list[str]:
    """Post where the command was typed if nobody has said where; return what was done."""
    if caller.guild.text_channel_id is not None or options.text_channel_id is not None:
        return []
    await desk.guilds.change(caller.guild_id, {"text_channel_id": caller.text_channel_id})
    return [
        _(
            "Notices will be posted here, in %(channel)s; /setchannel chooses another channel.",
            channel=text_channel(caller.text_channel_id),
        )
    ]


def missing_of(names: list[ChannelName], found: list[Streamer]) -> list[str]:
    """Return the typed names that Twitch does not know."""
    known = {each.login for each in found} | {f"id:{each.channel_id}" for each in found}
    return [str(name) for name in names if str(name) not in known]


def outcome_lines(
    wanted: list[Streamer], is_new: dict[str, bool], missing: list[str], opted_out: set[str]
) -> list[str]:
    """Say what became of each."""
    new = [each for each in wanted if is_new.get(each.channel_id)]
    old = [each for each in wanted if is_new.get(each.channel_id) is False]
    lines = []
    if new:
        lines.append(_("Followed from now on: %(names)s.", names=names_of(new)))
    if old:
        lines.append(_("Followed already, with the options of now: %(names)s.", names=names_of(old)))
    if missing:
        shown = safe(", ".join(missing), SHOWN_NAMES)
        lines.append(_("Twitch knows no channel of this name: %(names)s.", names=shown))
    if opted_out:
        lines.append(
            ngettext(
                "%(num)s streamer does not want to be followed here.",
                "%(num)s streamers do not want to be followed here.",
                len(opted_out),
            )
        )
    return lines


async def remove(desk: Desk, caller: Caller, typed: str) -> Reply:
    """Follow streamers no longer, whatever they are called at Twitch by now."""
    followed = await desk.follows.of(caller.guild_id)
    wanted = [each for name in names_in(typed) if (each := followed_by(followed, name))]
    if not wanted:
        raise WrongInput(_("This server follows nobody of that name; /streamers lists whom it follows."))
    removed = set(await desk.follows.remove(caller.guild_id, [each.follow.channel_id for each in wanted]))
    gone = [each.streamer for each in wanted if each.follow.channel_id in removed]
    return Reply(cut(_("No longer followed: %(names)s.", names=names_of(gone)), MOST_REPLY))


def followed_by(followed: list[Followed], name: ChannelName) -> Followed | None:
    """Return the follow that a name means: by id, login, or display name."""
    for each in followed:
        shown = each.streamer.display_name.lower()
        if name.channel_id == each.follow.channel_id or (name.login and name.login in (each.streamer.login, shown)):
            return each
    return None
