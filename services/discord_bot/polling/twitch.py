"""Helix for the bot: in threads of its own, and as the bot's own types."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from contracts.channel_names import ChannelName
from discord_notices.rules.guild import Streamer
from twitch_access.answers import Game, Stream, User, Video
from twitch_access.helix import Helix


class Twitch(Protocol):
    """Every method raises a `TwitchError`."""

    async def streams(self, channel_ids: Sequence[str]) -> dict[str, Stream]:
        """Return the live streams of at most a hundred channels, by channel."""

    async def streamers(self, names: Sequence[ChannelName]) -> list[Streamer]:
        """Return those of these who exist."""

    async def streamers_by_id(self, channel_ids: Sequence[str]) -> list[Streamer]:
        """Return those of these who exist."""

    async def games(self, names: Sequence[str]) -> list[str]:
        """Return the games of these names, as Twitch writes them."""

    async def recording(self, channel_id: str, stream_id: str) -> str:
        """Return the address of a stream's recording; empty if there is none (yet)."""


class TwitchByHelix:
    """Twitch by the one way there is."""

    def __init__(self, helix: Helix) -> None:
        self._helix = helix

    async def streams(self, channel_ids: Sequence[str]) -> dict[str, Stream]:
        found = await asyncio.to_thread(self._helix.get_streams, channel_ids)
        return {each.user_id: each for each in found}

    async def streamers(self, names: Sequence[ChannelName]) -> list[Streamer]:
        logins = [each.login for each in names if each.login]
        ids = [each.channel_id for each in names if each.channel_id]
        found: dict[str, User] = {}
        if logins:
            found |= {user.id: user for user in await asyncio.to_thread(self._helix.get_users, (), logins)}
        if ids:
            found |= {user.id: user for user in await asyncio.to_thread(self._helix.get_users, ids)}
        return [streamer_of(user) for user in found.values()]

    async def streamers_by_id(self, channel_ids: Sequence[str]) -> list[Streamer]:
        return [streamer_of(user) for user in await asyncio.to_thread(self._helix.get_users, channel_ids)]

    async def games(self, names: Sequence[str]) -> list[str]:
        found: list[Game] = await asyncio.to_thread(self._helix.get_games, (), names)
        return [game.name for game in found]

    async def recording(self, channel_id: str, stream_id: str) -> str:
        found: list[Video] = await asyncio.to_thread(self._helix.get_archives, channel_id)
        return next((video.url for video in found if video.stream_id == stream_id), "")


def streamer_of(user: User) -> Streamer:
    """Return an account as a streamer."""
    return Streamer(
        channel_id=user.id,
        login=user.login.lower(),
        display_name=user.display_name or user.login,
        picture_url=user.profile_image_url if user.profile_image_url.startswith("https://") else "",
    )
