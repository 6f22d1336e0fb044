"""A Discord server's settings, and whom it follows. A server is a guild where Discord's own ids are meant."""

from typing import Literal

from msgspec import Struct

AtEnd = Literal["edit", "delete", "leave"]
Digest = Literal["none", "daily", "weekly"]
AT_END: tuple[AtEnd, ...] = ("edit", "delete", "leave")
DIGESTS: tuple[Digest, ...] = ("none", "daily", "weekly")
MOST_FOLLOWS = 500  # of one server: ten pages of /streamers would be read by nobody, and a hundred servers share a poll
MOST_GAMES = 10  # of one filter
MOST_PER_HOUR = 60  # moments
MOST_TEMPLATE = 500  # characters; Discord takes 2,000 of a message, and a title may have 140


class MomentChoice(Struct, frozen=True, kw_only=True):
    """Which moments a server wants. `is_early`: also while the crowd erupts, before there is a clip.

    `least_seconds`: the moment is the biggest of its channel since so long ago. No moods or games are all of them.
    `text_channel_id`: None is the channel of live notices.
    """

    is_on: bool = False
    text_channel_id: int | None = None
    is_early: bool = False
    least_seconds: int = 3600
    moods: tuple[str, ...] = ()
    games: tuple[str, ...] = ()
    per_hour: int = 6
    digest: Digest = "none"


class Guild(Struct, frozen=True, kw_only=True):
    """One server. `locale`: Discord's own; `language` is the server's choice, empty for none."""

    guild_id: int
    name: str
    locale: str = ""
    language: str = ""
    text_channel_id: int | None = None
    role_id: int | None = None
    template: str = ""
    at_end: AtEnd = "edit"
    moments: MomentChoice = MomentChoice()

    @property
    def moments_channel_id(self) -> int | None:
        """Where moments and digests are posted; None where no channel was set at all."""
        return self.moments.text_channel_id or self.text_channel_id


class Follow(Struct, frozen=True, kw_only=True):
    """A streamer whom a server follows; what is empty or None is the server's own setting."""

    channel_id: str
    text_channel_id: int | None = None
    role_id: int | None = None
    template: str = ""
    games: tuple[str, ...] = ()


class Streamer(Struct, frozen=True, kw_only=True):
    """A Twitch channel that somebody follows. `is_missing`: Twitch says that there is no such account (any more)."""

    channel_id: str
    login: str
    display_name: str
    picture_url: str = ""
    is_missing: bool = False
