"""Servers, their settings, and the text channels that are paused."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from psycopg.rows import DictRow

from discord_bot.data.database import Database, as_json, queries
from discord_notices.rules.guild import Guild, MomentChoice


class Pause(Struct, frozen=True, kw_only=True):
    """A text channel that cannot be posted into. `reason`: a code of `messages.problems`."""

    text_channel_id: int
    reason: str


class Present(Struct, frozen=True, kw_only=True):
    """A server that the bot is in, as Discord names it."""

    guild_id: int
    name: str
    locale: str


def guild_in(row: DictRow) -> Guild:
    """Read a row of discord_guilds."""
    return Guild(
        guild_id=row["guild_id"],
        name=row["name"],
        locale=row["locale"],
        language=row["language"],
        text_channel_id=row["text_channel_id"],
        role_id=row["role_id"],
        template=row["template"],
        at_end=row["at_end"],
        moments=MomentChoice(
            is_on=row["moments_on"],
            text_channel_id=row["moments_channel_id"],
            is_early=row["moments_early"],
            least_seconds=row["moments_least_seconds"],
            moods=tuple(row["moments_moods"]),
            games=tuple(row["moments_games"]),
            per_hour=row["moments_per_hour"],
            digest=row["digest"],
        ),
    )


class Guilds:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, present: Sequence[Present]) -> None:
        """Note that the bot is in these servers."""
        await self._database.rows(queries.keep_guilds, {"rows": as_json(present)})

    async def leave(self, guild_id: int) -> None:
        """Note that the bot was removed from a server."""
        await self._database.rows(queries.leave_guild, {"guild_id": guild_id})

    async def leave_all_but(self, guild_ids: Sequence[int]) -> None:
        """Note that the bot is in these servers alone."""
        await self._database.rows(queries.leave_all_but, {"guild_ids": list(guild_ids)})

    async def one(self, guild_id: int) -> Guild | None:
        """Return a server's settings; None if the bot never was there."""
        found = await self._database.rows(queries.guild, {"guild_id": guild_id})
        return guild_in(found[0]) if found else None

    async def change(self, guild_id: int, changes: Mapping[str, Any]) -> Guild | None:
        """Change the settings that are named by their columns, and no other; return them all."""
        found = await self._database.rows(
            queries.change_guild, {"guild_id": guild_id, "changes": as_json(dict(changes))}
        )
        return guild_in(found[0]) if found else None

    async def pauses(self, guild_id: int) -> list[Pause]:
        """Return the server's text channels that are paused."""
        rows = await self._database.rows(queries.pauses, {"guild_id": guild_id})
        return [Pause(text_channel_id=row["text_channel_id"], reason=row["reason"]) for row in rows]

    async def pause(self, guild_id: int, text_channel_id: int, reason: str) -> None:
        """Post nothing more into a text channel until somebody asks for it."""
        await self._database.rows(
            queries.pause, {"guild_id": guild_id, "text_channel_id": text_channel_id, "reason": reason}
        )

    async def resume(self, guild_id: int, text_channel_id: int | None = None) -> None:
        """Try a text channel again, or all of the server's."""
        await self._database.rows(queries.resume, {"guild_id": guild_id, "text_channel_id": text_channel_id})

    async def forget(self, days: int) -> int:
        """Delete what was silent for so many days; return the number of servers."""
        await self._database.rows(queries.forget_paused_follows, {"days": days})
        return len(await self._database.rows(queries.forget_guilds, {"days": days}))
