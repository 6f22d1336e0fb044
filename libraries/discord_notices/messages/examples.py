"""Messages of streams and moments that might be: for /preview, and for the website's pictures."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from contracts.moments import SCHEMA_VERSION, Evidence, Moment
from discord_notices.messages.digest import digest_message
from discord_notices.messages.live import Notice, ended_message, live_message, page_of
from discord_notices.messages.marker import nonce_of
from discord_notices.messages.message import Message
from discord_notices.messages.moment import MomentPost, moment_message
from discord_notices.rules.digest import DAYS, Due
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import Digest, Guild, Streamer
from discord_notices.rules.moment import MomentState
from discord_notices.rules.stream import PolledStream
from discord_notices.wording import _

Example = Literal["live", "ended", "moment", "clip", "daily", "weekly"]
EXAMPLES: tuple[Example, ...] = ("live", "ended", "moment", "clip", "daily")
NOBODY = Streamer(channel_id="0", login="twitch", display_name="Twitch")
GAME = "Just Chatting"
VIEWERS = 1234
HOURS = 3
MOODS = ("laughter", "hype", "awe")  # of a digest's moments
CLIP = "https://clips.twitch.tv/Example"
EVIDENCE = Evidence(
    curve_from_at=0,
    messages=[],
    chatters=[],
    covered=[],
    window_seconds=10,
    window_messages=190,
    window_chatters=95,
    usual_messages_per_second=0.0,
    usual_chatters_per_second=0.0,
    expected_chatters=14.0,
    emotes=[],
    words=[],
)


def example_message(guild: Guild, followed: Followed | None, example: Example, at: datetime) -> Message:
    """Return the example: of a streamer whom the server follows, or of Twitch's own channel; it mentions nobody."""
    streamer = followed.streamer if followed else NOBODY
    nonce = nonce_of(guild.guild_id, 0, example, "")
    if example in ("moment", "clip"):
        return moment_message(MomentPost(state=example_moment(streamer, at, example == "clip"), nonce=nonce))
    if example == "daily" or example == "weekly":
        return example_digest(streamer, at, example, nonce)
    own = followed.follow if followed else None
    notice = Notice(
        stream=example_stream(streamer, at),
        streamer=streamer,
        nonce=nonce,
        template=(own.template if own else "") or guild.template,
        role_id=(own.role_id if own else None) or guild.role_id,
    )
    if example == "ended":
        page = page_of(streamer)
        return ended_message(replace(notice, vod_url=f"{page}/videos", best_clip_url=f"{page}/clips"))
    return replace(live_message(notice, at), role_id=None)


def example_stream(streamer: Streamer, at: datetime) -> PolledStream:
    """Return a stream that might be."""
    return PolledStream(
        stream_id="example",
        channel_id=streamer.channel_id,
        started_at=at - timedelta(hours=HOURS),
        title=_("This is an example"),
        game_name=GAME,
        thumbnail_url=f"https://static-cdn.jtvnw.net/previews-ttv/live_user_{streamer.login}-{{width}}x{{height}}.jpg",
        seen_at=at,
        ended_at=at,
        viewers_now=VIEWERS,
        viewers_peak=2 * VIEWERS,
    )


def example_moment(
    streamer: Streamer, at: datetime, has_clip: bool = False, mood: str = "laughter", hours: int = HOURS
) -> MomentState:
    """Return a moment that might be: while it happens, or with its clip."""
    moment = Moment(
        schema_version=SCHEMA_VERSION,
        moment_id="example",
        revision="closed" if has_clip else "raised",
        revision_number=3 if has_clip else 1,
        detector_name="",
        detector_version=0,
        channel_id=streamer.channel_id,
        crossed_at=0,
        peak_at=0,
        score=0.0,
        times_usual=0.0,
        evidence=EVIDENCE,
        mood=mood,
        biggest_in_seconds=hours * 3600,
    )
    return MomentState(
        moment=moment,
        crossed_at=at,
        login=streamer.login,
        display_name=streamer.display_name,
        game_name=GAME,
        clip_status="made" if has_clip else None,
        clip_url=CLIP if has_clip else "",
    )


def example_digest(streamer: Streamer, at: datetime, kind: Digest, nonce: str) -> Message:
    """Return a digest that might be."""
    from_at = at - timedelta(days=DAYS[kind])
    due = Due(kind=kind, subject=kind, from_at=from_at, until_at=at)
    best = [
        example_moment(streamer, at - (at - from_at) * place / (len(MOODS) + 1), True, mood)
        for place, mood in enumerate(MOODS, 1)
    ]
    return digest_message(due, best, nonce)
