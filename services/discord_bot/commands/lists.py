"""/streamers and /live."""

import math

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_notices.messages.durations import timestamp
from discord_notices.messages.live import MOST_NAME, page_of
from discord_notices.messages.mentions import role, text_channel
from discord_notices.messages.problems import paused_words
from discord_notices.messages.safe_text import safe
from discord_notices.rules.followed import Followed
from discord_notices.wording import _, ngettext

PAGE = 10  # streamers: a line has at most 180 characters
MOST_GAMES_SHOWN = 60
MOST_TITLE_SHOWN = 60


async def streamers(desk: Desk, caller: Caller, page: int) -> Reply:
    """List whom the server follows, a page at a time."""
    followed = await desk.follows.of(caller.guild_id)
    if not followed:
        return Reply(_("This server follows nobody yet; /addstreamer begins."))
    pages = math.ceil(len(followed) / PAGE)
    page = min(page, pages)
    head = ngettext("This server follows %(num)s streamer.", "This server follows %(num)s streamers.", len(followed))
    lines = [head, *map(follow_line, followed[(page - 1) * PAGE : page * PAGE])]
    if pages > 1:
        lines.append(_("Page %(page)s of %(pages)s", page=page, pages=pages))
    return Reply("\n".join(lines), page=page, pages=pages)


def follow_line(each: Followed) -> str:
    """Write one line of the list."""
    follow, streamer = each.follow, each.streamer
    parts = [f"**{safe(streamer.display_name, MOST_NAME)}**"]
    if each.live:
        parts.append(_("live"))
    if follow.text_channel_id:
        parts.append(text_channel(follow.text_channel_id))
    if follow.role_id:
        parts.append(role(follow.role_id))
    if follow.games:
        parts.append(safe(", ".join(follow.games), MOST_GAMES_SHOWN))
    if follow.template:
        parts.append(_("own message"))
    if streamer.is_missing:
        parts.append(_("not found at Twitch"))
    if each.paused:
        parts.append(_("paused: %(reason)s", reason=paused_words(each.paused)))
    return "- " + " · ".join(parts)


async def live(desk: Desk, caller: Caller) -> Reply:
    """List who is live now."""
    found = [each for each in await desk.follows.of(caller.guild_id) if each.live]
    if not found:
        return Reply(_("Nobody whom this server follows is live now."))
    lines = [line for each in found[:PAGE] if (line := live_line(each))]
    if len(found) > PAGE:
        lines.append(_("And %(more)s more.", more=len(found) - PAGE))
    return Reply("\n".join(lines))


def live_line(each: Followed) -> str:
    """Write one line of who is live; empty for who is not."""
    if each.live is None:
        return ""
    parts = [f"[{safe(each.streamer.display_name, MOST_NAME)}](<{page_of(each.streamer)}>)"]
    parts += [safe(text, MOST_TITLE_SHOWN) for text in (each.live.game_name, each.live.title) if text]
    viewers = ngettext("%(num)s viewer", "%(num)s viewers", each.live.viewers)
    return "- " + " · ".join([*parts, viewers, timestamp(each.live.started_at)])
