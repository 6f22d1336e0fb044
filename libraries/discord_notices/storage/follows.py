"""Whom servers follow."""

from collections.abc import Mapping, Sequence
from typing import Any

from discord_notices.rules.followed import Followed, LiveNow
from discord_notices.rules.guild import Follow, Streamer
from discord_notices.storage.asking import Ask, Row, as_json, queries


def followed_in(row: Row) -> Followed:
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


def streamer_in(row: Row) -> Streamer:
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

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def add(self, guild_id: int, streamers: Sequence[Streamer], changes: Mapping[str, Any]) -> dict[str, bool]:
        """Follow these, with the columns that `changes` names; return by channel id whether it is new.

        Who has opted out is left out.
        """
        await self.keep_streamers(streamers)
        rows = await self._ask(
            queries.follow.sql,
            {
                "guild_id": guild_id,
                "channel_ids": [each.channel_id for each in streamers],
                "changes": as_json(dict(changes)),
            },
        )
        return {row["channel_id"]: row["is_new"] for row in rows}

    async def change(self, guild_id: int, channel_id: str, changes: Mapping[str, Any]) -> bool:
        """Change a follow by the columns that are named, and no other; return whether the server has it."""
        wanted = {"guild_id": guild_id, "channel_id": channel_id, "changes": as_json(dict(changes))}
        return bool(await self._ask(queries.change_follow.sql, wanted))

    async def remove(self, guild_id: int, channel_ids: Sequence[str]) -> list[str]:
        """Follow these no longer; return whom it was true for."""
        rows = await self._ask(queries.unfollow.sql, {"guild_id": guild_id, "channel_ids": list(channel_ids)})
        return [row["channel_id"] for row in rows]

    async def of(self, guild_id: int) -> list[Followed]:
        """Return whom a server follows, those first who are live."""
        return [followed_in(row) for row in await self._ask(queries.follows.sql, {"guild_id": guild_id})]

    async def opted_out(self, channel_ids: Sequence[str]) -> set[str]:
        """Return who of these does not want to be followed."""
        rows = await self._ask(queries.opted_out_among.sql, {"channel_ids": list(channel_ids)})
        return {row["channel_id"] for row in rows}

    async def keep_streamers(self, streamers: Sequence[Streamer]) -> None:
        """Write names and pictures."""
        await self._ask(queries.keep_streamers.sql, {"rows": as_json(streamers)})
