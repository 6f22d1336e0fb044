"""Writes down which text channels and roles each server has, by name: the website's lists to choose from.

Only what the bot sees: a channel that is hidden from it stays unnamed, also to people who may manage the server.
"""

import asyncio
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import aiohttp
import discord
import msgspec
import structlog

from discord_bot.data.guilds import Guilds
from discord_notices.rules.places import Places, Role, TextChannel

BATCH = 50  # servers that are written together

log = structlog.get_logger()


def places_of(
    channels: Sequence[discord.abc.GuildChannel], roles: Iterable[discord.Role], me: discord.Member
) -> Places:
    """Return the text channels that the bot sees, in Discord's order, and the roles, the highest first."""
    categories = {each.id: each.position for each in channels if isinstance(each, discord.CategoryChannel)}

    def shown_place(channel: discord.TextChannel) -> tuple[int, int, int]:
        """Return where Discord shows a text channel: first those without a category, then by category."""
        return categories.get(channel.category_id or 0, -1), channel.position, channel.id

    texts = sorted((each for each in channels if isinstance(each, discord.TextChannel)), key=shown_place)
    seen = [(each, each.permissions_for(me)) for each in texts]
    return Places(
        text_channels=tuple(
            TextChannel(
                text_channel_id=channel.id,
                name=channel.name,
                may_post=rights.send_messages and rights.embed_links,
            )
            for channel, rights in seen
            if rights.view_channel
        ),
        roles=tuple(
            Role(role_id=each.id, name=each.name) for each in sorted(roles, reverse=True) if not each.is_default()
        ),
    )


async def asked(client: discord.Client, guild_id: int) -> Places:
    """Ask Discord for a server's. Raises what discord.py raises."""
    guild = await client.fetch_guild(guild_id, with_counts=False)
    me = await guild.fetch_member(client.user.id if client.user else 0)
    return places_of(await guild.fetch_channels(), guild.roles, me)


def packed(places: Places) -> bytes:
    """Return them in an eighth of the memory."""
    return zlib.compress(msgspec.json.encode(places), level=1)


def unpacked(text: bytes) -> Places:
    """Return what was packed."""
    return msgspec.json.decode(zlib.decompress(text), type=Places)


class PlaceKeeper:
    """Knows what was told of servers and is not written yet, and whose channels or roles have changed since."""

    def __init__(self) -> None:
        self._told: dict[int, bytes] = {}  # packed: all servers are told at once
        self._changed: set[int] = set()

    def tell(self, guild: discord.Guild) -> None:
        """Note what a server has, as the gateway tells it whole."""
        if guild.me:
            self._told[guild.id] = packed(places_of(guild.channels, guild.roles, guild.me))
            self._changed.discard(guild.id)

    def change(self, guild_id: int) -> None:
        """Note that a server's are not as they were told."""
        self._changed.add(guild_id)

    async def write(self, client: discord.Client, guilds: Guilds) -> None:
        """Write what has changed. Raises `PostgresAwayError`; what is not written yet stays noted."""
        for batch in batches(list(self._told)):
            told = {guild_id: self._told[guild_id] for guild_id in batch}
            await guilds.keep_places({each: unpacked(text) for each, text in told.items()})
            for guild_id, text in told.items():
                if self._told[guild_id] is text:
                    del self._told[guild_id]
            await asyncio.sleep(0)  # commands are answered in between
        for guild_id in list(self._changed):
            await self._ask(client, guilds, guild_id)

    async def _ask(self, client: discord.Client, guilds: Guilds, guild_id: int) -> None:
        self._changed.discard(guild_id)
        try:
            await guilds.keep_places({guild_id: await asked(client, guild_id)})
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("a server's channels are not seen", guild_id=guild_id, reason=str(error))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            self._changed.add(guild_id)
            log.warning("a server's channels cannot be asked for", guild_id=guild_id, reason=str(error))
        except BaseException:
            self._changed.add(guild_id)
            raise


def batches(guild_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield them in batches."""
    rest = iter(guild_ids)
    while batch := list(islice(rest, BATCH)):
        yield batch
