"""What Twitch is asked when somebody types names of streamers and games."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from contracts.channel_names import ChannelName
from discord_notices.rules.guild import Streamer
from twitch_access.answers import Game, User
from twitch_access.helix import Helix


class TwitchNames(Protocol):
    """Every method raises a `TwitchError`."""

    async def streamers(self, names: Sequence[ChannelName]) -> list[Streamer]:
        """Return those of these who exist."""

    async def games(self, names: Sequence[str]) -> list[str]:
        """Return the games of these names, as Twitch writes them."""


class NamesByHelix:
    """Names by the one way there is, in threads."""

    def __init__(self, helix: Helix) -> None:
        self._helix = helix

    async def streamers(self, names: Sequence[ChannelName]) -> list[Streamer]:
        """Return those of these who exist."""
        logins = [each.login for each in names if each.login]
        ids = [each.channel_id for each in names if each.channel_id]
        found: dict[str, User] = {}
        if logins:
            found |= {user.id: user for user in await asyncio.to_thread(self._helix.get_users, (), logins)}
        if ids:
            found |= {user.id: user for user in await asyncio.to_thread(self._helix.get_users, ids)}
        return [streamer_of(user) for user in found.values()]

    async def games(self, names: Sequence[str]) -> list[str]:
        """Return the games of these names, as Twitch writes them."""
        found: list[Game] = await asyncio.to_thread(self._helix.get_games, (), names)
        return [game.name for game in found]


def streamer_of(user: User) -> Streamer:
    """Return an account as a streamer."""
    return Streamer(
        channel_id=user.id,
        login=user.login.lower(),
        display_name=user.display_name or user.login,
        picture_url=user.profile_image_url if user.profile_image_url.startswith("https://") else "",
    )
