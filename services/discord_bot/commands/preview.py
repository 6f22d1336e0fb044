"""/preview: posts an example, which shows how a message looks and whether the bot may post it."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from discord_bot.commands.desk import Caller, Desk, Reply, WrongInput
from discord_bot.data.follows import Followed
from discord_bot.messages.live import Notice, ended_message, live_message
from discord_bot.messages.marker import nonce_of
from discord_bot.messages.mentions import text_channel
from discord_bot.messages.message import Message
from discord_bot.messages.problems import paused_words
from discord_bot.rules.guild import Streamer
from discord_bot.rules.stream import PolledStream
from discord_bot.sending.errors import ChannelRefused, DiscordError
from discord_bot.wording import _

Example = Literal["live", "ended"]
NOBODY = Streamer(channel_id="0", login="twitch", display_name="Twitch")
VIEWERS = 1234
HOURS = 3


async def preview(desk: Desk, caller: Caller, example: Example, at: datetime) -> Reply:
    """Post an example into the server's text channel; nobody is mentioned."""
    text_channel_id = caller.guild.text_channel_id or caller.text_channel_id
    followed = await desk.follows.of(caller.guild_id)
    message = example_message(caller, followed[0] if followed else None, example, at)
    nonce = nonce_of(caller.guild_id, "preview", at.isoformat())
    try:
        await desk.side.send(text_channel_id, message, nonce)
    except ChannelRefused as error:
        raise WrongInput(
            _(
                "Nothing can be posted into %(channel)s: %(reason)s.",
                channel=text_channel(text_channel_id),
                reason=paused_words(error.reason),
            )
        ) from error
    except DiscordError as error:
        raise WrongInput(_("Discord does not take the message now; try again in a minute.")) from error
    await desk.guilds.resume(caller.guild_id, text_channel_id)
    return Reply(_("An example is in %(channel)s.", channel=text_channel(text_channel_id)))


def example_message(caller: Caller, followed: Followed | None, example: Example, at: datetime) -> Message:
    """Return the example: of a streamer whom the server follows, or of Twitch's own channel."""
    guild = caller.guild
    streamer = followed.streamer if followed else NOBODY
    own = followed.follow if followed else None
    notice = Notice(
        stream=example_stream(streamer, at),
        streamer=streamer,
        nonce=nonce_of(guild.guild_id, "preview", ""),
        template=(own.template if own else "") or guild.template,
        role_id=(own.role_id if own else None) or guild.role_id,
    )
    if example == "live":
        return replace(live_message(notice, at), role_id=None)
    return ended_message(notice)


def example_stream(streamer: Streamer, at: datetime) -> PolledStream:
    """Return a stream that might be."""
    return PolledStream(
        stream_id="example",
        channel_id=streamer.channel_id,
        started_at=at - timedelta(hours=HOURS),
        title=_("This is an example"),
        game_name="Just Chatting",
        thumbnail_url=f"https://static-cdn.jtvnw.net/previews-ttv/live_user_{streamer.login}-{{width}}x{{height}}.jpg",
        seen_at=at,
        ended_at=at,
        viewers_now=VIEWERS,
        viewers_peak=2 * VIEWERS,
    )
