"""/addstreamer and /removestreamer."""

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_notices.messages.mentions import text_channel
from discord_notices.messages.safe_text import cut
from discord_notices.settings.following import added_lines, follow, removed_line, unfollow
from discord_notices.settings.options import FollowOptions, follow_changes
from discord_notices.wording import _

MOST_REPLY = 1900  # characters; Discord takes 2,000


async def add(desk: Desk, caller: Caller, typed: str, options: FollowOptions) -> Reply:
    """Follow streamers who exist at Twitch; whoever is followed already gets the new options."""
    changes = await follow_changes(caller.guild, options, desk.twitch)
    added = await follow(desk.follows, desk.twitch, caller.guild_id, typed, changes)
    lines = await set_first_channel(desk, caller, options) + added_lines(added)
    return Reply(cut("\n".join(lines), MOST_REPLY))


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


async def remove(desk: Desk, caller: Caller, typed: str) -> Reply:
    """Follow streamers no longer, whatever they are called at Twitch by now."""
    return Reply(cut(removed_line(await unfollow(desk.follows, caller.guild_id, typed)), MOST_REPLY))
