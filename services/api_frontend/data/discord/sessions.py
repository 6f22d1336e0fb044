"""Browsers that signed in with Discord."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from api_frontend.data.database import Database, queries

MOST_SESSIONS = 10  # of one person; the oldest ends


@dataclass(frozen=True, kw_only=True)
class StoredSession:
    """A session that has not ended. `guilds`: servers that the person may manage, as of `guilds_seconds` ago."""

    user_id: int
    user_name: str
    token_part: bytes
    guilds: dict[int, str]
    guilds_seconds: float


class Sessions:
    """Every method raises `PostgresAwayError` if Postgres does not answer. Postgres's clock decides what has ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self,
        session_hash: bytes,
        *,
        user_id: int,
        user_name: str,
        token_part: bytes,
        guilds: Mapping[int, str],
        seconds: float,
    ) -> None:
        """Keep a session for so many seconds; those that have ended are deleted, and the person's oldest."""
        values = {
            "session_hash": session_hash,
            "user_id": user_id,
            "user_name": user_name,
            "token_part": token_part,
            "guilds": written(guilds),
            "seconds": seconds,
        }
        await self._database.rows(queries.open_session.sql, values)
        await self._database.rows(queries.forget_sessions.sql, {"user_id": user_id, "most": MOST_SESSIONS})

    async def one(self, session_hash: bytes) -> StoredSession | None:
        """Return a session; None if it has ended."""
        rows = await self._database.rows(queries.session.sql, {"session_hash": session_hash})
        if not rows:
            return None
        row = rows[0]
        guilds = {int(guild_id): name for guild_id, name in row["guilds"].items()}
        return StoredSession(**row | {"guilds": guilds})

    async def renew(self, session_hash: bytes, guilds: Mapping[int, str]) -> None:
        """Note which servers the person may manage now."""
        values = {"session_hash": session_hash, "guilds": written(guilds)}
        await self._database.rows(queries.renew_session.sql, values)

    async def end(self, session_hash: bytes) -> None:
        """Delete a session."""
        await self._database.rows(queries.end_session.sql, {"session_hash": session_hash})


def written(guilds: Mapping[int, str]) -> str:
    """Write servers as JSON."""
    return msgspec.json.encode({str(guild_id): name for guild_id, name in guilds.items()}).decode()
