"""/stats: a streamer's last streams."""

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.data.streams import PastStream
from discord_notices.messages.durations import between, timestamp
from discord_notices.messages.live import MOST_NAME
from discord_notices.messages.safe_text import cut, safe
from discord_notices.rules.followed import followed_by
from discord_notices.settings.typed import names_in
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _, ngettext, wording

MOST_STREAMS = 5
MOST = 1900  # characters


async def stats(desk: Desk, caller: Caller, typed: str) -> Reply:
    """Show the last streams of someone whom the server follows."""
    followed = await desk.follows.of(caller.guild_id)
    found = followed_by(followed, names_in(typed)[0])
    if found is None:
        raise WrongInput(_("This server follows nobody of that name; /streamers lists whom it follows."))
    name = safe(found.streamer.display_name, MOST_NAME)
    past = await desk.streams.last(found.follow.channel_id, MOST_STREAMS)
    if not past:
        return Reply(_("**%(name)s** was not seen live since somebody follows them here.", name=name))
    lines = [_("The last streams of **%(name)s**:", name=name), *map(stream_line, past)]
    return Reply(cut("\n".join(lines), MOST))


def stream_line(past: PastStream) -> str:
    """Write one stream: when, how long, how many watched, how often chat erupted."""
    stream = past.stream
    parts = [
        timestamp(stream.started_at, "f"),
        between(stream.started_at, stream.ended_at or stream.seen_at),
        _(
            "viewers: %(peak)s at most, %(mean)s on average",
            peak=wording().number(stream.viewers_peak),
            mean=wording().number(stream.viewers_mean),
        ),
    ]
    if past.moments:
        parts.append(ngettext("%(num)s moment", "%(num)s moments", past.moments))
    if stream.ended_at is None:
        parts.append(_("live"))
    return "- " + " · ".join(parts)
