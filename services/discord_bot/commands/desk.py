"""What commands work with, who calls them, and what they answer."""

from dataclasses import dataclass

from msgspec import Struct

from discord_bot.data.follows import Follows
from discord_bot.data.guilds import Guilds
from discord_bot.data.streams import Streams
from discord_bot.data.suggestions import Suggestions
from discord_bot.polling.twitch import Twitch
from discord_bot.sending.discord_side import DiscordSide
from discord_notices.messages.message import Card
from discord_notices.rules.guild import Guild


@dataclass(frozen=True)
class Desk:
    """`site_url`: where our website is, empty without one. `twitch`: None without credentials."""

    guilds: Guilds
    follows: Follows
    streams: Streams
    suggestions: Suggestions
    side: DiscordSide
    twitch: Twitch | None
    site_url: str = ""


class Caller(Struct, frozen=True, kw_only=True):
    """Who called, from where. `text_channel_id`: where the command was typed."""

    guild: Guild
    text_channel_id: int

    @property
    def guild_id(self) -> int:
        """The server, to which everything that a command reads or changes belongs."""
        return self.guild.guild_id


class Reply(Struct, frozen=True):
    """An answer that only the caller sees; `page` of `pages` where it is a part of a list."""

    text: str
    card: Card | None = None
    page: int = 1
    pages: int = 1
