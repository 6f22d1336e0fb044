"""What a stream's chat did, as the site's recap shows it."""

from datetime import datetime

from discord_bot.data.database import Database, queries
from discord_bot.data.moments import Moments
from discord_notices.messages.recap import Peak, StreamRecap
from discord_notices.rules.guild import Streamer
from discord_notices.rules.stream import PolledStream

PEAKS = 5  # as many as the picture names


class Nights:
    """Reads recaps. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, moments: Moments, site_url: str) -> None:
        self._database, self._moments, self._site_url = database, moments, site_url

    async def of(self, stream: PolledStream, streamer: Streamer, until_at: datetime) -> StreamRecap | None:
        """Return an ended stream's recap; None if the site has none of it, or there is no site."""
        if not self._site_url:
            return None
        where = {"channel_id": stream.channel_id, "stream_id": stream.stream_id}
        times = {"from_at": stream.started_at, "until_at": until_at, "most": PEAKS}
        rows = await self._database.rows(queries.night_of_stream, where | times)
        if not rows:
            return None
        best = rows[0]["best"] or []
        found = await self._moments.by_ids(best)
        peaks = [found[each] for each in best if each in found]
        return StreamRecap(
            site_url=self._site_url,
            login=streamer.login,
            stream_id=stream.stream_id,
            moments=rows[0]["moments"],
            peaks=tuple(Peak(moment=each.moment, clip_url=each.clip_url if each.has_clip else "") for each in peaks),
        )
