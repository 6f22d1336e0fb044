"""Servers as the bot knows them: which it is in, their places, what is paused, and what is forgotten."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from discord_bot.data.database import Database, queries
from discord_notices.rules.places import Places
from discord_notices.storage.asking import as_json
from discord_notices.storage.guilds import GuildSettings


class Present(Struct, frozen=True, kw_only=True):
    """A server that the bot is in, as Discord names it."""

    guild_id: int
    name: str
    locale: str


class Guilds(GuildSettings):
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.ask)
        self._database = database

    async def keep(self, present: Sequence[Present]) -> None:
        """Note that the bot is in these servers."""
        await self._database.rows(queries.keep_guilds, {"rows": as_json(present)})

    async def keep_places(self, places: Mapping[int, Places]) -> None:
        """Write the text channels and roles of these servers."""
        rows = [
            {"guild_id": guild_id, "text_channels": each.text_channels, "roles": each.roles}
            for guild_id, each in places.items()
        ]
        await self._database.rows(queries.keep_places, {"rows": as_json(rows)})

    async def leave(self, guild_id: int) -> None:
        """Note that the bot was removed from a server."""
        await self._database.rows(queries.leave_guild, {"guild_id": guild_id})

    async def leave_all_but(self, guild_ids: Sequence[int]) -> None:
        """Note that the bot is in these servers alone."""
        await self._database.rows(queries.leave_all_but, {"guild_ids": list(guild_ids)})

    async def pause(self, guild_id: int, text_channel_id: int, reason: str) -> None:
        """Post nothing more into a text channel until somebody asks for it."""
        await self._database.rows(
            queries.pause, {"guild_id": guild_id, "text_channel_id": text_channel_id, "reason": reason}
        )

    async def forget(self, days: int) -> int:
        """Delete what was silent for so many days; return the number of servers."""
        await self._database.rows(queries.forget_paused_follows, {"days": days})
        return len(await self._database.rows(queries.forget_guilds, {"days": days}))
