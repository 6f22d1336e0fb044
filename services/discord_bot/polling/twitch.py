"""Helix for the bot: in threads of its own, and as the bot's own types."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from discord_notices.rules.guild import Streamer
from discord_notices.settings.twitch import NamesByHelix, TwitchNames, streamer_of
from twitch_access.answers import Stream, Video


class Twitch(TwitchNames, Protocol):
    """Every method raises a `TwitchError`."""

    async def streams(self, channel_ids: Sequence[str]) -> dict[str, Stream]:
        """Return the live streams of at most a hundred channels, by channel."""

    async def streamers_by_id(self, channel_ids: Sequence[str]) -> list[Streamer]:
        """Return those of these who exist."""

    async def recording(self, channel_id: str, stream_id: str) -> str:
        """Return the address of a stream's recording; empty if there is none (yet)."""


class TwitchByHelix(NamesByHelix):
    """Twitch by the one way there is."""

    async def streams(self, channel_ids: Sequence[str]) -> dict[str, Stream]:
        found = await asyncio.to_thread(self._helix.get_streams, channel_ids)
        return {each.user_id: each for each in found}

    async def streamers_by_id(self, channel_ids: Sequence[str]) -> list[Streamer]:
        return [streamer_of(user) for user in await asyncio.to_thread(self._helix.get_users, channel_ids)]

    async def recording(self, channel_id: str, stream_id: str) -> str:
        found: list[Video] = await asyncio.to_thread(self._helix.get_archives, channel_id)
        return next((video.url for video in found if video.stream_id == stream_id), "")
