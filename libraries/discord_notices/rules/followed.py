"""A streamer whom a server follows, with what is known of them."""

from datetime import datetime

from msgspec import Struct

from contracts.channel_names import ChannelName
from discord_notices.rules.guild import Follow, Streamer


class LiveNow(Struct, frozen=True, kw_only=True):
    """What a followed streamer broadcasts now."""

    stream_id: str
    title: str
    game_name: str
    started_at: datetime
    viewers: int


class Followed(Struct, frozen=True, kw_only=True):
    """A follow with its streamer. `paused`: why nothing is posted, empty where it is."""

    follow: Follow
    streamer: Streamer
    live: LiveNow | None = None
    paused: str = ""


def followed_by(followed: list[Followed], name: ChannelName) -> Followed | None:
    """Return the follow that a name means: by id, login, or display name."""
    for each in followed:
        shown = each.streamer.display_name.lower()
        if name.channel_id == each.follow.channel_id or (name.login and name.login in (each.streamer.login, shown)):
            return each
    return None
