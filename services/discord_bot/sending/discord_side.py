"""What the bot asks of Discord, and the way to do it with discord.py."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

import aiohttp
import discord
from msgspec import Struct

from discord_bot.sending.errors import Away, ChannelRefused, error_of
from discord_notices.messages.marker import nonce_in
from discord_notices.messages.message import Card, Message

SEARCHED_MESSAGES = 50  # of a text channel, for our own


class Searched(Struct, frozen=True, kw_only=True):
    """The last messages of a text channel. `own`: those of ours by nonce.

    `oldest_at`: when the oldest of them was sent; None where the search saw all there are.
    """

    own: dict[str, int]
    oldest_at: datetime | None = None


class DiscordSide(Protocol):
    """Every method raises a `DiscordError`."""

    async def send(self, text_channel_id: int, message: Message, nonce: str) -> int:
        """Send a message and return its id; within minutes, a repeat with the same nonce returns the first one's."""

    async def edit(self, text_channel_id: int, message_id: int, message: Message) -> None:
        """Replace a message of ours; nobody is mentioned by that."""

    async def delete(self, text_channel_id: int, message_id: int) -> None:
        """Delete a message of ours."""

    async def search(self, guild_id: int, text_channel_id: int) -> Searched:
        """Look through the text channel's last messages; `ChannelRefused` where we may not."""

    def is_in(self, guild_id: int) -> bool:
        """Return whether the bot is in a server, as far as Discord has said."""


class DiscordPy:
    """Discord by an open client of discord.py."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def send(self, text_channel_id: int, message: Message, nonce: str) -> int:
        with translated():
            sent = await self._client.get_partial_messageable(text_channel_id).send(
                message.content, embed=embed_of(message.card), nonce=nonce, allowed_mentions=mentions_of(message)
            )
        return sent.id

    async def edit(self, text_channel_id: int, message_id: int, message: Message) -> None:
        with translated():
            known = self._client.get_partial_messageable(text_channel_id).get_partial_message(message_id)
            await known.edit(
                content=message.content,
                embed=embed_of(message.card),
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def delete(self, text_channel_id: int, message_id: int) -> None:
        with translated():
            await self._client.get_partial_messageable(text_channel_id).get_partial_message(message_id).delete()

    def is_in(self, guild_id: int) -> bool:
        return self._client.get_guild(guild_id) is not None

    async def search(self, guild_id: int, text_channel_id: int) -> Searched:
        with translated():
            channel = await self._text_channel(guild_id, text_channel_id)
            if not may_read_history(channel):
                raise ChannelRefused("no_permission")
            history = self._client.get_partial_messageable(text_channel_id).history(limit=SEARCHED_MESSAGES)
            return await searched(history, self._client.user)

    async def _text_channel(self, guild_id: int, text_channel_id: int) -> object:
        """Return a text channel with what we may do there: from the cache, where threads that sleep are missing."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise ChannelRefused("server_gone")
        if guild.unavailable:
            raise Away("the server is out of Discord's own reach", reached=False)
        return guild.get_channel_or_thread(text_channel_id) or await self._client.fetch_channel(text_channel_id)


def may_read_history(channel: object) -> bool:
    """Return whether we see a text channel's messages: where we may not, Discord's answer is an empty list."""
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.view_channel and allowed.read_message_history


async def searched(history: AsyncIterator[discord.Message], self_user: discord.abc.Snowflake | None) -> Searched:
    """Return our own messages among these, the newest first as Discord gives them."""
    own: dict[str, int] = {}
    oldest_at, number = None, 0
    async for message in history:
        number, oldest_at = number + 1, message.created_at
        if self_user is None or message.author.id != self_user.id:
            continue
        own |= {nonce: message.id for embed in message.embeds if (nonce := nonce_in(embed.url))}
    return Searched(own=own, oldest_at=oldest_at if number >= SEARCHED_MESSAGES else None)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what goes wrong in the block as a `DiscordError`."""
    try:
        yield
    except discord.HTTPException as error:
        raise error_of(error.status, error.code, error.text) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Away(str(error) or type(error).__name__, reached=True) from error
    except RuntimeError as error:  # the client was closed
        raise Away(str(error), reached=False) from error


def mentions_of(message: Message) -> discord.AllowedMentions:
    """Allow the role of the message, and nobody else: what is left out here would be allowed."""
    roles = [discord.Object(message.role_id)] if message.role_id else False
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def embed_of(card: Card) -> discord.Embed:
    """Return the card as Discord's embed."""
    embed = discord.Embed(
        title=card.title or None,
        url=card.url,
        description=card.description or None,
        color=card.color,
        timestamp=card.at,
    )
    if card.author:
        embed.set_author(name=card.author, icon_url=card.author_icon or None)
    if card.image_url:
        embed.set_image(url=card.image_url)
    if card.footer:
        embed.set_footer(text=card.footer)
    for field in card.fields:
        embed.add_field(name=field.name, value=field.value)
    return embed
