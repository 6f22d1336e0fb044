"""Writes down which text channels and roles each server has, by name: the website's lists to choose from.

Only what the bot sees: a channel that is hidden from it stays unnamed, also to people who may manage the server.
"""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

import discord

from discord_bot.data.guilds import Guilds
from discord_notices.rules.places import Places, Role, TextChannel

BATCH = 50  # servers; some 20 ms of permissions


def places_of(guild: discord.Guild) -> Places:
    """Return a server's text channels that the bot sees, and its roles, both in Discord's order."""
    seen = [(each, each.permissions_for(guild.me)) for each in sorted(guild.text_channels, key=shown_place)]
    roles = [each for each in reversed(guild.roles) if not each.is_default()]
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
        roles=tuple(Role(role_id=each.id, name=each.name) for each in roles),
    )


def shown_place(channel: discord.TextChannel) -> tuple[int, int, int]:
    """Return where Discord shows a text channel: first those without a category, then by category."""
    category = channel.category.position if channel.category else -1
    return category, channel.position, channel.id


class PlaceKeeper:
    """Knows whose channels or roles have changed since they were written down."""

    def __init__(self) -> None:
        self._changed: set[int] = set()

    def change(self, guilds: Iterable[discord.Guild]) -> None:
        """Note that these have changed."""
        self._changed |= {each.id for each in guilds}

    async def write(self, client: discord.Client, guilds: Guilds) -> None:
        """Write what has changed. Raises `PostgresAwayError`; what is not written yet stays noted."""
        for batch in batches(sorted(self._changed)):
            found = [each for guild_id in batch if (each := client.get_guild(guild_id)) and not each.unavailable]
            self._changed -= set(batch)
            try:
                await guilds.keep_places({each.id: places_of(each) for each in found if each.me})
            except BaseException:
                self._changed |= set(batch)
                raise
            await asyncio.sleep(0)  # commands are answered in between


def batches(guild_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield them in batches."""
    rest = iter(guild_ids)
    while batch := list(islice(rest, BATCH)):
        yield batch
