"""Whom servers follow, all together: who is polled, whose name is old, who is forgotten."""

from collections.abc import Iterable, Sequence

from discord_bot.data.database import Database, queries
from discord_notices.storage.asking import as_json
from discord_notices.storage.follows import Follows as Followers
from twitch_access.answers import Stream


class Follows(Followers):
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.ask)
        self._database = database

    async def polled_channels(self) -> list[str]:
        """Return the ids of everyone who is followed somewhere."""
        return [row["channel_id"] for row in await self._database.rows(queries.followed_channels)]

    async def to_ask(self, seconds: float, most: int) -> list[str]:
        """Return who was not asked for at Twitch for so long."""
        rows = await self._database.rows(queries.streamers_to_ask, {"seconds": seconds, "most": most})
        return [row["channel_id"] for row in rows]

    async def rename(self, listed: Iterable[Stream]) -> None:
        """Write the names of those who are live under another one than before."""
        names = [
            {"channel_id": each.user_id, "login": each.user_login.lower(), "display_name": each.user_name}
            for each in listed
        ]
        if names:
            await self._database.rows(queries.rename, {"rows": as_json(names)})

    async def note_missing(self, channel_ids: Sequence[str]) -> None:
        """Note that Twitch does not know these now."""
        await self._database.rows(queries.note_missing, {"channel_ids": list(channel_ids)})

    async def forget(self, days: int) -> None:
        """Delete who was missing for so many days, and whom nobody follows."""
        await self._database.rows(queries.forget_streamers, {"days": days})

    async def forget_opted_out(self) -> None:
        """Delete who has opted out, with whoever follows them."""
        await self._database.rows(queries.forget_opted_out)
