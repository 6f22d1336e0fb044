"""Moments as the site shows them, and what stands of them on Discord."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct
from psycopg.rows import DictRow

from contracts.moments import Moment
from discord_bot.data.database import Database, queries
from discord_bot.data.ledger import Posted
from discord_notices.rules.guild import Guild
from discord_notices.rules.moment import MomentState, Stage
from discord_notices.storage.guilds import guild_in
from discord_notices.wording import language_of
from moment_detection.hidden_words import HiddenWords

log = structlog.get_logger()
DOCUMENT = msgspec.json.Decoder(Moment)


class MomentPosted(Struct, frozen=True, kw_only=True):
    """A moment's row in the ledger. `posted`: None while it is not (yet) on Discord."""

    guild_id: int
    subject: str
    nonce: str
    language: str
    shown: Stage
    is_final: bool
    posted: Posted | None = None


def moment_in(row: DictRow, hidden: HiddenWords) -> MomentState | None:
    """Read a moment without hidden words; None if it does not fit the contract, or nobody knows whose it is."""
    try:
        moment = DOCUMENT.decode(row["document"])
    except msgspec.ValidationError as error:
        log.error("document not understood", reason=str(error))
        return None
    if row["login"] is None:
        return None
    return MomentState(
        moment=msgspec.structs.replace(moment, evidence=hidden.shown(moment.evidence)),
        crossed_at=row["crossed_at"],
        login=row["login"],
        display_name=row["display_name"] or row["login"],
        game_name=row["game_name"],
        clip_status=row["clip_status"],
        clip_url=row["clip_url"] if row["clip_url"].startswith("https://") else "",
        vod_url=row["vod_url"],
    )


def posted_in(row: DictRow) -> MomentPosted:
    """Read a row of `moment_posts`."""
    posted = None
    if row["state"] == "sent" and row["message_id"] is not None:
        posted = Posted(
            guild_id=row["guild_id"],
            kind="moment",
            subject=row["subject"],
            text_channel_id=row["text_channel_id"],
            message_id=row["message_id"],
        )
    return MomentPosted(
        guild_id=row["guild_id"],
        subject=row["subject"],
        nonce=row["nonce"],
        language=language_of(row["language"], row["locale"]),
        shown=Stage(max(Stage.RAISED, row["shown_version"])),
        is_final=row["is_final"],
        posted=posted,
    )


class Moments:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, hidden: HiddenWords) -> None:
        self._database = database
        self._hidden = hidden

    async def by_ids(self, ids: Sequence[str]) -> dict[str, MomentState]:
        """Return the moments of these ids that people may see."""
        rows = await self._database.rows(queries.moments_by_ids, {"ids": list(ids)})
        found = {row["moment_id"]: moment_in(row, self._hidden) for row in rows}
        return {moment_id: state for moment_id, state in found.items() if state is not None}

    async def recent_versions(self, most: int) -> dict[str, str]:
        """Return the versions of the newest moments, the oldest first."""
        rows = await self._database.rows(queries.recent_moments, {"most": most})
        return {row["moment_id"]: row["version"] for row in reversed(rows)}

    async def guilds_for(self, channel_ids: Sequence[str]) -> dict[str, list[Guild]]:
        """Return by channel the servers that follow it and want moments."""
        found: defaultdict[str, list[Guild]] = defaultdict(list)
        for row in await self._database.rows(queries.guilds_for_moments, {"channel_ids": list(channel_ids)}):
            found[row["channel_id"]].append(guild_in(row))
        return found

    async def posts_of(self, ids: Sequence[str]) -> list[MomentPosted]:
        """Return the rows of these moments in the ledger."""
        return [posted_in(row) for row in await self._database.rows(queries.moment_posts, {"ids": list(ids)})]

    async def open_posts(self) -> list[str]:
        """Return the ids of the moments whose messages may still change."""
        return [row["subject"] for row in await self._database.rows(queries.open_moment_posts)]

    async def recent_posts(self, guild_ids: Sequence[int]) -> dict[int, list[datetime]]:
        """Return when these servers got moments within the last hour."""
        found: defaultdict[int, list[datetime]] = defaultdict(list)
        for row in await self._database.rows(queries.recent_posts, {"guild_ids": list(guild_ids)}):
            found[row["guild_id"]].append(row["intended_at"])
        return found

    async def guilds_for_digest(self) -> list[Guild]:
        """Return the servers that want a digest."""
        return [guild_in(row) for row in await self._database.rows(queries.guilds_for_digest)]

    async def best(self, guild_id: int, from_at: datetime, until_at: datetime, most: int) -> list[MomentState]:
        """Return the best moments of whom a server follows, with their clips, the best first."""
        rows = await self._database.rows(
            queries.best_moments, {"guild_id": guild_id, "from_at": from_at, "until_at": until_at, "most": most}
        )
        ids = [row["moment_id"] for row in rows]
        found = await self.by_ids(ids)
        return [found[each] for each in ids if each in found and found[each].has_clip]
