"""Whom servers follow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg.rows import DictRow

from discord_bot.data.database import Database, as_json, queries
from discord_notices.rules.guild import Follow, Streamer


class LiveNow(Struct, frozen=True, kw_only=True):
    """What a followed streamer broadcasts now."""

    stream_id: str
    title: str
    game_name: str
    started_at: datetime
    viewers: int


class Followed(Struct, frozen=True, kw_only=True):
    """A follow with its streamer. `paused`: why nothing is posted, empty where it is."""

    follow: Follow
    streamer: Streamer
    live: LiveNow | None = None
    paused: str = ""


def followed_in(row: DictRow) -> Followed:
    """Read a row of `follows`."""
    live = None
    if row["stream_id"] is not None:
        live = LiveNow(
            stream_id=row["stream_id"],
            title=row["title"],
            game_name=row["game_name"],
            started_at=row["started_at"],
            viewers=row["viewers_now"],
        )
    follow = Follow(
        channel_id=row["channel_id"],
        text_channel_id=row["text_channel_id"],
        role_id=row["role_id"],
        template=row["template"],
        games=tuple(row["games"]),
    )
    return Followed(follow=follow, streamer=streamer_in(row), live=live, paused=row["paused"] or "")


def streamer_in(row: DictRow) -> Streamer:
    """Read the streamer in a row."""
    return Streamer(
        channel_id=row["channel_id"],
        login=row["login"],
        display_name=row["display_name"],
        picture_url=row["picture_url"],
        is_missing=bool(row.get("is_missing")),
    )


class Follows:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, guild_id: int, streamers: Sequence[Streamer], changes: Mapping[str, Any]) -> dict[str, bool]:
        """Follow these, with the columns that `changes` names; return by channel id whether it is new.

        Who has opted out is left out.
        """
        await self.keep_streamers(streamers)
        rows = await self._database.rows(
            queries.follow,
            {
                "guild_id": guild_id,
                "channel_ids": [each.channel_id for each in streamers],
                "changes": as_json(dict(changes)),
            },
        )
        return {row["channel_id"]: row["is_new"] for row in rows}

    async def remove(self, guild_id: int, channel_ids: Sequence[str]) -> list[str]:
        """Follow these no longer; return whom it was true for."""
        rows = await self._database.rows(queries.unfollow, {"guild_id": guild_id, "channel_ids": list(channel_ids)})
        return [row["channel_id"] for row in rows]

    async def of(self, guild_id: int) -> list[Followed]:
        """Return whom a server follows, those first who are live."""
        return [followed_in(row) for row in await self._database.rows(queries.follows, {"guild_id": guild_id})]

    async def polled_channels(self) -> list[str]:
        """Return the ids of everyone who is followed somewhere."""
        return [row["channel_id"] for row in await self._database.rows(queries.followed_channels)]

    async def opted_out(self, channel_ids: Sequence[str]) -> set[str]:
        """Return who of these does not want to be followed."""
        rows = await self._database.rows(queries.opted_out_among, {"channel_ids": list(channel_ids)})
        return {row["channel_id"] for row in rows}

    async def keep_streamers(self, streamers: Sequence[Streamer]) -> None:
        """Write names and pictures."""
        await self._database.rows(queries.keep_streamers, {"rows": as_json(streamers)})

    async def to_ask(self, seconds: float, most: int) -> list[str]:
        """Return who was not asked for at Twitch for so long."""
        rows = await self._database.rows(queries.streamers_to_ask, {"seconds": seconds, "most": most})
        return [row["channel_id"] for row in rows]

    async def note_missing(self, channel_ids: Sequence[str]) -> None:
        """Note that Twitch does not know these now."""
        await self._database.rows(queries.note_missing, {"channel_ids": list(channel_ids)})

    async def forget(self, days: int) -> None:
        """Delete who was missing for so many days, and whom nobody follows."""
        await self._database.rows(queries.forget_streamers, {"days": days})

    async def forget_opted_out(self) -> None:
        """Delete who has opted out, with whoever follows them."""
        await self._database.rows(queries.forget_opted_out)
