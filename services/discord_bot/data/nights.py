"""What a stream's chat did, as the site's recap shows it."""

from datetime import datetime

from msgspec import Struct

from discord_bot.data.database import Database, queries
from discord_bot.data.moments import Moments
from discord_bot.rules.announcing import Intent
from discord_notices.messages.marker import nonce_of
from discord_notices.messages.recap import Peak, StreamRecap
from discord_notices.rules.guild import Streamer
from discord_notices.rules.stream import PolledStream

PEAKS = 5  # as many as the picture names


class ToldStream(Struct, frozen=True, kw_only=True):
    """A stream that is over. `is_wanted`: somebody still wants it told."""

    stream_id: str
    channel_id: str
    started_at: datetime
    ended_at: datetime
    title: str
    game_name: str
    login: str
    display_name: str
    is_wanted: bool


class Nights:
    """Reads recaps. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, moments: Moments, site_url: str) -> None:
        self._database, self._moments, self._site_url = database, moments, site_url

    async def of(self, stream: PolledStream, streamer: Streamer, until_at: datetime) -> StreamRecap | None:
        """Return an ended stream's recap; None if the site has none of it, or there is no site."""
        return await self._recap(stream.channel_id, stream.stream_id, stream.started_at, until_at, streamer.login)

    async def of_told(self, stream: ToldStream) -> StreamRecap | None:
        """Return the recap of a stream that the site saw to its end."""
        return await self._recap(stream.channel_id, stream.stream_id, stream.started_at, stream.ended_at, stream.login)

    async def to_tell(self, late_seconds: float) -> list[Intent]:
        """Return what has to be told, and was not."""
        rows = await self._database.rows(queries.nights_to_tell, {"late_seconds": late_seconds})
        return [
            Intent(
                guild_id=row["guild_id"],
                kind="night",
                subject=row["stream_id"],
                channel_id=row["channel_id"],
                text_channel_id=row["text_channel_id"],
                nonce=nonce_of(row["guild_id"], row["text_channel_id"], "night", row["stream_id"]),
            )
            for row in rows
        ]

    async def told(self, intent: Intent) -> ToldStream | None:
        """Return the stream of an intent; None if it is forgotten."""
        where = {"stream_id": intent.subject, "guild_id": intent.guild_id}
        rows = await self._database.rows(queries.told_stream, where | {"text_channel_id": intent.text_channel_id})
        return ToldStream(**rows[0]) if rows else None

    async def _recap(
        self, channel_id: str, stream_id: str, from_at: datetime, until_at: datetime, login: str
    ) -> StreamRecap | None:
        if not self._site_url:
            return None
        where = {"channel_id": channel_id, "stream_id": stream_id}
        times = {"from_at": from_at, "until_at": until_at, "most": PEAKS}
        rows = await self._database.rows(queries.night_of_stream, where | times)
        if not rows:
            return None
        best = rows[0]["best"] or []
        found = await self._moments.by_ids(best)
        peaks = [found[each] for each in best if each in found]
        return StreamRecap(
            site_url=self._site_url,
            login=login,
            stream_id=stream_id,
            moments=rows[0]["moments"],
            peaks=tuple(Peak(moment=each.moment, clip_url=each.clip_url if each.has_clip else "") for each in peaks),
        )
