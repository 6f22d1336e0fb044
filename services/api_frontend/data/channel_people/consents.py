"""Who signed in with Twitch: their consent with its tokens, as they lie in Postgres, and their browsers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api_frontend.data.database import Database, queries

MOST_SESSIONS = 10  # of one person; the oldest ends


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a person agreed to. `tokens`: encrypted."""

    user_id: str
    login: str
    scopes: frozenset[str]
    tokens: bytes
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whose browser it is."""

    user_id: str
    login: str
    scopes: frozenset[str]
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class Editorship:
    """What is known of an editor. `scopes`: the streamer's; `checked_seconds`: None where Twitch has not named them."""

    scopes: frozenset[str]
    checked_seconds: float | None


class ConsentRows:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._rows = database.rows

    async def keep(self, user_id: str, login: str, scopes: Sequence[str], tokens: bytes) -> bool:
        """Keep what a person agreed to just now; False if their channel has opted out."""
        values = {"user_id": user_id, "login": login, "scopes": sorted(scopes), "tokens": tokens}
        return bool(await self._rows(queries.keep_consent.sql, values))

    async def one(self, user_id: str) -> Consent | None:
        """Return a person's consent."""
        found = await self._rows(queries.consent.sql, {"user_id": user_id})
        return Consent(**found[0] | {"scopes": frozenset(found[0]["scopes"])}) if found else None

    async def renew(self, user_id: str, before: bytes, tokens: bytes) -> bool:
        """Replace tokens; False if somebody else was faster, or the consent is gone."""
        values = {"user_id": user_id, "before": before, "tokens": tokens}
        return bool(await self._rows(queries.renew_tokens.sql, values))

    async def lock_anew(self, user_id: str, before: bytes, tokens: bytes) -> bool:
        """Replace tokens by the same under another key; False if they were renewed meanwhile."""
        values = {"user_id": user_id, "before": before, "tokens": tokens}
        return bool(await self._rows(queries.lock_tokens_anew.sql, values))

    async def note_checked(self, user_id: str) -> None:
        """Note that Twitch knows the token."""
        await self._rows(queries.note_checked.sql, {"user_id": user_id})

    async def end(self, user_id: str) -> list[bytes]:
        """Delete a consent with all that hangs on it; return its tokens, if it was there."""
        return [row["tokens"] for row in await self._rows(queries.end_consent.sql, {"user_id": user_id})]

    async def to_check(self, older_seconds: float, most: int) -> list[Consent]:
        """Return those whose token Twitch was not asked about for so long."""
        rows = await self._rows(queries.consents_to_check.sql, {"older_seconds": older_seconds, "most": most})
        return [Consent(**row | {"scopes": frozenset(row["scopes"])}) for row in rows]

    async def all_tokens(self) -> dict[str, bytes]:
        """Return everybody's tokens."""
        return {row["user_id"]: row["tokens"] for row in await self._rows(queries.all_tokens.sql)}

    async def idle(self, days: int, most: int) -> list[str]:
        """Return who was not here for so long."""
        return [row["user_id"] for row in await self._rows(queries.idle_consents.sql, {"days": days, "most": most})]

    async def open_session(self, session_hash: bytes, user_id: str, seconds: float) -> None:
        """Keep a browser's session; the oldest of many ends."""
        values = {"session_hash": session_hash, "user_id": user_id, "seconds": seconds}
        await self._rows(queries.open_channel_session.sql, values)
        await self._rows(queries.forget_channel_sessions.sql, {"user_id": user_id, "most": MOST_SESSIONS})

    async def visitor(self, session_hash: bytes) -> Visitor | None:
        """Return whose browser it is; None if the session has ended."""
        found = await self._rows(queries.channel_session.sql, {"session_hash": session_hash})
        return Visitor(**found[0] | {"scopes": frozenset(found[0]["scopes"])}) if found else None

    async def end_session(self, session_hash: bytes) -> None:
        """End a browser's session; the consent stays."""
        await self._rows(queries.end_channel_session.sql, {"session_hash": session_hash})

    async def editorship(self, channel_id: str, user_id: str) -> Editorship | None:
        """Return what is known of an editor; None without the streamer's consent."""
        found = await self._rows(queries.editor.sql, {"channel_id": channel_id, "user_id": user_id})
        if not found:
            return None
        return Editorship(scopes=frozenset(found[0]["scopes"]), checked_seconds=found[0]["checked_seconds"])

    async def editors_to_check(self, older_seconds: float, most: int) -> dict[str, list[str]]:
        """Return by channel the editors whom Twitch named so long ago."""
        rows = await self._rows(queries.editors_to_check.sql, {"older_seconds": older_seconds, "most": most})
        return {row["channel_id"]: row["user_ids"] for row in rows}

    async def note_editor(self, channel_id: str, user_id: str, is_one: bool) -> None:
        """Note what Twitch said of an editor."""
        query = queries.keep_editor if is_one else queries.end_editor
        await self._rows(query.sql, {"channel_id": channel_id, "user_id": user_id})
