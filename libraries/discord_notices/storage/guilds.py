"""Servers, their settings, their places, and the text channels that are paused."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from discord_notices.rules.guild import Guild, MomentChoice
from discord_notices.rules.places import Places, Role, TextChannel
from discord_notices.storage.asking import Ask, Row, as_json, queries


class Pause(Struct, frozen=True, kw_only=True):
    """A text channel that cannot be posted into. `reason`: a code of `messages.problems`."""

    text_channel_id: int
    reason: str


def guild_in(row: Row) -> Guild:
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


class GuildSettings:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def one(self, guild_id: int) -> Guild | None:
        """Return a server's settings; None if the bot never was there."""
        found = await self._ask(queries.guild.sql, {"guild_id": guild_id})
        return guild_in(found[0]) if found else None

    async def present(self, guild_ids: Sequence[int]) -> dict[int, str]:
        """Return those of these servers that the bot is in, with their names."""
        rows = await self._ask(queries.present_guilds.sql, {"guild_ids": list(guild_ids)})
        return {row["guild_id"]: row["name"] for row in rows}

    async def change(self, guild_id: int, changes: Mapping[str, Any]) -> Guild | None:
        """Change the settings that are named by their columns, and no other; return them all."""
        found = await self._ask(queries.change_guild.sql, {"guild_id": guild_id, "changes": as_json(dict(changes))})
        return guild_in(found[0]) if found else None

    async def pauses(self, guild_id: int) -> list[Pause]:
        """Return the server's text channels that are paused."""
        rows = await self._ask(queries.pauses.sql, {"guild_id": guild_id})
        return [Pause(text_channel_id=row["text_channel_id"], reason=row["reason"]) for row in rows]

    async def resume(self, guild_id: int, text_channel_id: int | None = None) -> None:
        """Try a text channel again, or all of the server's."""
        await self._ask(queries.resume.sql, {"guild_id": guild_id, "text_channel_id": text_channel_id})

    async def places(self, guild_id: int) -> Places:
        """Return the server's text channels and roles; none where the bot has not written them down yet."""
        found = await self._ask(queries.places.sql, {"guild_id": guild_id})
        if not found:
            return Places()
        return Places(
            text_channels=msgspec.convert(found[0]["text_channels"], tuple[TextChannel, ...]),
            roles=msgspec.convert(found[0]["roles"], tuple[Role, ...]),
        )
